/* One capture judged. Writes no report and opens no network. */
#include "cmd/hearing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/memory.h"
#include "lab/agent.h"
#include "report/words.h"

bool hearing_read(struct hearing *h, const char *path, struct diag *d)
{
	struct diag why;

	h->path = path;
	if (!capture_file_read(path, &h->file, &why))
		return diag_set(d, "%s%s", why.text,
		                h->file.count > h->file.odd ? "; fourwave draw shows what stands before that"
		                                            : "");
	if (h->file.count == h->file.odd)
		return capture_file_empty(&h->file, path, d);
	if (!h->file.note)
		return true;
	h->journal = journal_parse(h->file.note, h->file.note_len, &why);
	return h->journal ||
	       diag_set(
	           d, "%s: what fourwave wrote at its end is damaged: %s; judge the file as run -w wrote it",
	           path, why.text);
}

/* --- the scenario --- */

/* A file's name as a run's journal has it: no directories, no ".wave". */
static bool is_called(const char *file, const char *name)
{
	const char *slash = strrchr(file, '/');
	const char *base = slash ? slash + 1 : file;
	size_t len = strlen(name);

	return strncmp(base, name, len) == 0 && (base[len] == '\0' || strcmp(base + len, ".wave") == 0);
}

/* NULL with d. */
static const char *choose(const struct hearing *h, const struct collection *found, struct diag *d)
{
	const char *chosen = NULL;

	if (found->file_count == 1)
		return found->files[0];
	if (!h->journal) {
		diag_set(d,
		         "%s: it is no capture of a fourwave run, so it does not say which of the %zu "
		         "scenarios to judge it by: name one",
		         h->path, found->file_count);
		return NULL;
	}
	for (size_t i = 0; i < found->file_count; i++) {
		if (!is_called(found->files[i], h->journal->scenario))
			continue;
		if (chosen) {
			diag_set(d, "%s: it is of \"%s\", and both %s and %s are called so: name one of them",
			         h->path, h->journal->scenario, chosen, found->files[i]);
			return NULL;
		}
		chosen = found->files[i];
	}
	if (!chosen)
		diag_set(d,
		         "%s: it is of \"%s\", which is not among the %zu scenarios: name it, or the one to "
		         "judge it by",
		         h->path, h->journal->scenario, found->file_count);
	return chosen;
}

static bool is_given(const struct strings *given, const char *define)
{
	size_t name = strcspn(define, "=") + 1;

	for (size_t i = 0; i < given->count; i++)
		if (strncmp(given->items[i], define, name) == 0)
			return true;
	return false;
}

/* The user's -D, and the run's behind them. Of these some may have been for other scenarios of that run. */
static void add_defines(const struct hearing *h, const struct strings *user, struct options *with)
{
	struct strings *all = &with->defines;

	*all = (struct strings){.count = 0};
	for (size_t i = 0; i < user->count; i++)
		*LIST_ADD(all->items, all->count, all->room) = user->items[i];
	for (size_t i = 0; h->journal && i < h->journal->define_count; i++)
		if (!is_given(user, h->journal->defines[i])) {
			*LIST_ADD(all->items, all->count, all->room) = h->journal->defines[i];
			with->loose_defines++;
		}
}

static bool load(struct hearing *h, const char *path, bool loose, const struct options *o, struct diag *d)
{
	struct options with = *o;
	bool ok;

	if (!collection_find(&h->scenario, &path, 1, d))
		return false;
	add_defines(h, &o->defines, &with);
	if (loose)
		with.loose_defines = with.defines.count;
	d->text[0] = '\0';
	ok = collection_load(&h->scenario, &with);
	free(with.defines.items);
	return ok;
}

/* Where the scenario's families leave out the capture's, it was not run on it. */
static bool check_family(const struct hearing *h, struct diag *d)
{
	const struct scenario *s = h->scenario.scenarios[0];
	int family = h->journal ? h->journal->family : 0;

	if (family == 0 || (s->families & (family == 6 ? FAMILY_IPV6 : FAMILY_IPV4)) != 0)
		return true;
	return diag_set(d, "%s: the capture is IPv%d, and the scenario is not", h->path, family);
}

bool hearing_prepare(struct hearing *h, const struct collection *found, const struct options *o,
                     struct diag *d)
{
	const char *path = choose(h, found, d);

	return path && load(h, path, found->file_count > 1, o, d) && check_family(h, d);
}

/* --- the verdict --- */

bool hearing_judge(struct hearing *h, const struct filter_ops *filter, unsigned connection, struct diag *d)
{
	const struct replay_choice choice = {connection, AGENT_CONTROL_PORT};
	struct diag why;

	if (replay_play(&h->replay, h->scenario.scenarios[0], &h->file, h->journal, filter, &choice, &why))
		return true;
	return diag_set(d, "%s: %s; what is there: fourwave draw -r %s", h->path, why.text, h->path);
}

void hearing_job(struct hearing *h, struct job *job)
{
	const struct journal *j = h->journal;

	*job = (struct job){
	    .scenario = h->scenario.scenarios[0],
	    .family = j ? j->family : engine_connection(h->replay.engine)->local.family,
	    .site = &h->site,
	    .engine = h->replay.engine,
	    .verdict = h->replay.verdict,
	    .capture = (char *)(uintptr_t)h->path,
	    .ignored = h->replay.ignored,
	    .late_ns = j ? j->late_ns : 0,
	    .finished = true,
	};
	if (j)
		memcpy(job->ignored_why, j->ignored_why, sizeof job->ignored_why);
	if (h->replay.started)
		job->seconds = seconds(job->verdict.ended_ns - job->verdict.started_ns);
	snprintf(h->site.text, sizeof h->site.text, "%s", j ? j->target : "capture");
}

void hearing_remark(const struct hearing *h)
{
	const struct connection *c = engine_connection(h->replay.engine);
	const char *file = h->scenario.files[0];
	char local[ENDPOINT_TEXT_BYTES], remote[ENDPOINT_TEXT_BYTES];

	if (h->replay.connections > 1)
		fprintf(stderr,
		        "fourwave judge: %s holds %zu connections; number %zu is judged, %s to %s; "
		        "--connection takes another, by the number that fourwave draw prints\n",
		        h->path, h->replay.connections, h->replay.connection,
		        endpoint_text(&c->local, c->local_port, local),
		        endpoint_text(&c->remote, c->remote_port, remote));
	if (!h->journal && (h->replay.misfit || h->replay.verdict.kind == VERDICT_ERROR))
		fprintf(stderr,
		        "fourwave judge: %s was not made by fourwave run -w, or that run was cut off; it can "
		        "be judged only where one end did what the scenario sends. How it was closed: "
		        "fourwave draw -r %s\n",
		        h->path, h->path);
	if (!h->journal)
		return;
	if (h->replay.verdict.kind != VERDICT_PASS && !is_called(file, h->journal->scenario))
		fprintf(stderr, "fourwave judge: %s was made of the scenario \"%s\" (%s), and not of %s\n",
		        h->path, h->journal->scenario, h->journal->title, file);
	else if (h->replay.misfit)
		fprintf(stderr, "fourwave judge: %s does not send what it sent when %s was made\n", file,
		        h->path);
}

void hearing_free(struct hearing *h)
{
	replay_free(&h->replay);
	collection_free(&h->scenario);
	journal_free(h->journal);
	capture_file_free(&h->file);
}
