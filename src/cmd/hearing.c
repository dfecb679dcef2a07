/* One capture judged. Writes no report and opens no network. */
#include "cmd/hearing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static const char *choose(const struct hearing *h, const struct collection *found, struct diag *d)
{
	const char *chosen = NULL;

	if (found->file_count == 1)
		return found->files[0];
	if (!h->journal) {
		diag_set(d,
		         "%s: it is no capture of a fourwave run, so it does not say which of the %zu "
		         "scenarios to "
		         "judge it by: name one",
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
		diag_set(
		    d,
		    "%s: it is of \"%s\", which is not among the %zu scenarios: name it, or the one to judge "
		    "it by",
		    h->path, h->journal->scenario, found->file_count);
	return chosen;
}

static bool same_param(const char *a, const char *b)
{
	size_t len = strcspn(a, "=");

	return strncmp(a, b, len + 1) == 0;
}

static bool is_given(const struct strings *given, const char *define)
{
	for (size_t i = 0; i < given->count; i++)
		if (same_param(given->items[i], define))
			return true;
	return false;
}

/* The user's -D, and the run's behind them. Of these some may have been for other scenarios of that run. */
static bool make_defines(const struct hearing *h, const struct options *o, struct options *out)
{
	size_t more = h->journal ? h->journal->define_count : 0;
	const char **items = calloc(o->defines.count + more + 1, sizeof *items);

	if (!items)
		return false;
	*out = *o;
	out->defines.items = items;
	for (size_t i = 0; i < o->defines.count; i++)
		items[i] = o->defines.items[i];
	for (size_t i = 0; i < more; i++) {
		if (is_given(&o->defines, h->journal->defines[i]))
			continue;
		items[out->defines.count++] = h->journal->defines[i];
		out->loose_defines++;
	}
	return true;
}

static bool load(struct hearing *h, const char *path, bool loose, const struct options *o, struct diag *d)
{
	struct options with;

	if (!collection_find(&h->scenario, &path, 1, d))
		return false;
	if (!make_defines(h, o, &with))
		return diag_set(d, "out of memory");
	if (loose)
		with.loose_defines = with.defines.count;
	d->text[0] = '\0';
	bool ok = collection_load(&h->scenario, &with);
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

	memset(job, 0, sizeof *job);
	job->scenario = h->scenario.scenarios[0];
	job->family = j ? j->family : engine_connection(h->replay.engine)->local.family;
	job->site = &h->site;
	job->engine = h->replay.engine;
	job->verdict = h->replay.verdict;
	job->capture = (char *)(uintptr_t)h->path;
	job->ignored = h->replay.ignored;
	if (j) {
		memcpy(job->ignored_why, j->ignored_why, sizeof job->ignored_why);
		job->late_ns = j->late_ns;
	}
	if (h->replay.started)
		job->seconds = (double)(job->verdict.ended_ns - job->verdict.started_ns) * 1e-9;
	job->finished = true;
	snprintf(h->site.text, sizeof h->site.text, "%s", j ? j->target : "capture");
}

/* Of several connections. */
static void remark_chosen(const struct hearing *h)
{
	const struct connection *c = engine_connection(h->replay.engine);
	char local[ENDPOINT_TEXT_BYTES], remote[ENDPOINT_TEXT_BYTES];

	fprintf(stderr,
	        "fourwave judge: %s holds %zu connections; number %zu is judged, %s to %s; --connection "
	        "takes another, by the number that fourwave draw prints\n",
	        h->path, h->replay.connections, h->replay.connection,
	        endpoint_text(&c->local, c->local_port, local),
	        endpoint_text(&c->remote, c->remote_port, remote));
}

void hearing_remark(const struct hearing *h)
{
	const char *file = h->scenario.files[0];

	if (h->replay.connections > 1)
		remark_chosen(h);
	bool good = h->replay.verdict.kind == VERDICT_PASS;
	if (h->journal && !good && !is_called(file, h->journal->scenario))
		fprintf(stderr, "fourwave judge: %s was made of the scenario \"%s\" (%s), and not of %s\n",
		        h->path, h->journal->scenario, h->journal->title, file);
	else if (h->journal && h->replay.misfit)
		fprintf(stderr, "fourwave judge: %s does not send what it sent when %s was made\n", file,
		        h->path);
	else if (!h->journal && (h->replay.misfit || h->replay.verdict.kind == VERDICT_ERROR))
		fprintf(
		    stderr,
		    "fourwave judge: %s was not made by fourwave run -w, or that run was cut off; it can be "
		    "judged only where one end did what the scenario sends. How it was closed: fourwave "
		    "draw -r %s\n",
		    h->path, h->path);
}

void hearing_free(struct hearing *h)
{
	replay_free(&h->replay);
	collection_free(&h->scenario);
	journal_free(h->journal);
	capture_file_free(&h->file);
}
