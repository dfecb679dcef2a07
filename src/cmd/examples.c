/* The examples of --help. tests/project/help.sh looks at their flags. */
#include <stddef.h>
#include <string.h>

#include "cmd/examples.h"

struct examples {
	const char *command, *lines, *next;
};

static const struct examples all[] = {
    {"run",
     "fourwave run first.wave\tin the lab: no root, no target\n"
     "fourwave run -t web1:80 --provoke http scenarios/\tagainst a web server\n"
     "fourwave run -D patience=20s --slow 3 first.wave\twith another param, on a slow machine\n"
     "fourwave run -w captures --json result.json scenarios/\twith what a CI job keeps\n",
     "No scenario yet? fourwave new NAME writes one. Something refused? fourwave doctor."},
    {"table",
     "fourwave table --quick\tthis kernel, in the lab, in about 10 seconds\n"
     "fourwave table -t 192.0.2.1\ta host where fourwave peer runs\n"
     "fourwave table -t web1:80 --provoke http\ta web server; what needs an agent is skipped\n",
     "What the rows mean: man 7 fourwave-table."},
    {"check",
     "fourwave check first.wave\tone file\n"
     "fourwave check -q scenarios/\tall *.wave below a directory; says nothing where all is sound\n",
     "Sound? fourwave explain says what it does, fourwave run plays it."},
    {"explain", "fourwave explain first.wave\tits steps in words, with the filters they become\n", NULL},
    {"new",
     "fourwave new mine\twrites mine.wave: the peer closes, then we do\n"
     "fourwave new --row 2 --role active lost-ack\tour FIN's ACK is lost\n",
     NULL},
    {"peer",
     "fourwave peer\tfor a tester on this machine\n"
     "fourwave peer --remote\tfor testers on other hosts; see SECURITY in man fourwave\n",
     "On the tester's machine: fourwave table -t THIS-HOST."},
    {"send",
     "fourwave send 192.0.2.1:80\ta SYN, and what comes back\n"
     "fourwave send --open --flags F. 192.0.2.1:80\topen a connection, then send its FIN\n"
     "fourwave send --open --flags . --seq snd.nxt-1\tan old octet's ACK, in the lab: answered at once\n"
     "fourwave send -A --seq 1 --ack 1 -c 3 --interval 200ms 192.0.2.1:80\tthree ACKs out of the blue\n",
     "A whole exchange, judged: fourwave new NAME."},
    {"doctor",
     "fourwave doctor\twhat this machine can do\n"
     "fourwave doctor -q\tonly what it cannot\n",
     NULL},
    {"draw", "fourwave draw -r close.pcap\tthe ladder of each connection in a capture\n", NULL},
    {"judge",
     "fourwave judge -r captures/first-ipv4.pcap first.wave\tthe verdict again, from a capture\n"
     "fourwave judge -r captures --html page.html scenarios\tall of a run's, and a page of them\n",
     NULL},
};

static const struct examples *find(const char *command)
{
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (strcmp(all[i].command, command) == 0)
			return &all[i];
	return NULL;
}

const char *examples_of(const char *command)
{
	const struct examples *e = find(command);

	return e ? e->lines : NULL;
}

const char *examples_next(const char *command)
{
	const struct examples *e = find(command);

	return e ? e->next : NULL;
}
