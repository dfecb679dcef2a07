# Completion for bash and zsh, where they look for it.
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
dist_bashcompletion_DATA = completion/fourwave
dist_zshcompletion_DATA = completion/_fourwave
