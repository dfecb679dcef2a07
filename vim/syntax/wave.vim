" fourwave's scenarios, fourwave-scenario(5). tests/project/vim.sh compares the
" words with the program's own.
if exists('b:current_syntax')
	finish
endif

syntax case match
syntax iskeyword @,48-57,_,-

" The words that begin a statement of the header, and a step.
syntax keyword waveHeader scenario row role rfc claim control sysctl param family takes stack include block
syntax keyword waveStep open send expect silence allow fence interval provoke state leave repeat play

" The words within a step.
syntax keyword waveWord seq ack win len ttl urg iss data as badsum offset fragment otherport filter
syntax keyword waveWord within after between and of one retransmit count backoff first exempt gives up must stated should choice may
syntax keyword waveWord budget timer or except nothing none abs
syntax keyword waveOption mss wscale sackOK sack TS val ecr nop eol opt hex
syntax keyword waveLost lost

" Names with a meaning of their own: who closes, what the peer's program does,
" its states, the connection's numbers.
syntax keyword waveRole active passive simultaneous listen
syntax keyword waveProvoke close shutdown hold reset crash unread write read noread keepalive connect on eof
syntax keyword waveState CLOSED LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED FIN-WAIT-1 FIN-WAIT-2
syntax keyword waveState CLOSE-WAIT CLOSING LAST-ACK TIME-WAIT
syntax match waveNumber "\<\%(snd\.nxt\|snd\.una\|rcv\.nxt\|rcv\.wnd\|irs\)\>"
syntax match waveNumber "\<\d\+\%(\.\d\+\)\?\%([mu]\?s\|%\|\)\>\|\<0x\x\+\>"

" A segment's flags stand after these words.
syntax match waveFlags "\%(\<\%(send\|expect\|allow\|or\|of\|except\)\s\+\)\@<=\%([SFRPUEWA]\+\.\?\|\.\)\ze\%(\s\|$\)"

syntax match waveEscape "\\\%(x\x\x\|.\)" contained
syntax region waveString start=+"+ skip=+\\.+ end=+"+ oneline contains=waveEscape
syntax keyword waveTodo TODO FIXME XXX contained
syntax match waveComment "#.*$" contains=waveTodo,@Spell

highlight default link waveHeader PreProc
highlight default link waveStep Statement
highlight default link waveWord Keyword
highlight default link waveOption Identifier
highlight default link waveLost Exception
highlight default link waveRole Constant
highlight default link waveProvoke Function
highlight default link waveState Constant
highlight default link waveNumber Number
highlight default link waveFlags Type
highlight default link waveString String
highlight default link waveEscape SpecialChar
highlight default link waveTodo Todo
highlight default link waveComment Comment

let b:current_syntax = 'wave'
