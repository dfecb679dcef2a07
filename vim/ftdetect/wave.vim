" fourwave's scenarios, fourwave-scenario(5).
autocmd BufNewFile,BufRead *.wave setfiletype wave
