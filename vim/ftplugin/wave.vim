" fourwave's scenarios: comments, tabs, and :make that looks for mistakes.
if exists('b:did_ftplugin')
	finish
endif
let b:did_ftplugin = 1

setlocal comments=:# commentstring=#\ %s
setlocal noexpandtab shiftwidth=8 tabstop=8
setlocal makeprg=fourwave\ check\ -q\ %:S
setlocal errorformat=%f:%l:%c:\ error:\ %m,%f:%l:%c:\ note:\ %m,%-G%.%#
let b:undo_ftplugin = 'setlocal comments< commentstring< expandtab< shiftwidth< tabstop< makeprg< errorformat<'
