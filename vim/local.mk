# For vim: scenarios in colour, and :make that checks them.
vimdir = $(datadir)/vim/vimfiles
vimsyntaxdir = $(vimdir)/syntax
vimftdetectdir = $(vimdir)/ftdetect
vimftplugindir = $(vimdir)/ftplugin
dist_vimsyntax_DATA = vim/syntax/wave.vim
dist_vimftdetect_DATA = vim/ftdetect/wave.vim
dist_vimftplugin_DATA = vim/ftplugin/wave.vim
