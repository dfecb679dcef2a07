/* Files that appear whole or not at all. */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report/save.h"

static char dir[64];

static void enter_directory(void)
{
	strcpy(dir, "/tmp/fourwave-save.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
}

static void leave_directory(void)
{
	char command[96];

	ck_assert_int_eq(chdir("/"), 0);
	snprintf(command, sizeof command, "rm -rf '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}

static int files(void)
{
	DIR *d = opendir(".");
	int count = -2; /* . and .. */

	while (readdir(d))
		count++;
	closedir(d);
	return count;
}

static void is_text(const char *path, const char *text)
{
	char buf[64];
	FILE *in = fopen(path, "r");

	ck_assert_ptr_nonnull(in);
	buf[fread(buf, 1, sizeof buf - 1, in)] = '\0';
	fclose(in);
	ck_assert_str_eq(buf, text);
}

static void put(const char *path, const char *text)
{
	struct save s;
	struct diag d;

	ck_assert_msg(save_open(&s, path, &d), "%s", d.text);
	fputs(text, s.out);
	ck_assert_msg(save_commit(&s, &d), "%s", d.text);
}

START_TEST(the_old_one_stays_until_the_commit)
{
	struct save s;
	struct diag d;

	put("report", "old");
	ck_assert(save_open(&s, "report", &d));
	fputs("new", s.out);
	fflush(s.out);
	is_text("report", "old");
	ck_assert(save_commit(&s, &d));
	is_text("report", "new");
	ck_assert_int_eq(files(), 1);
	save_abandon(&s);
}
END_TEST

START_TEST(abandoned_leaves_nothing)
{
	struct save s;
	struct diag d;

	put("report", "old");
	ck_assert(save_open(&s, "report", &d));
	fputs("new", s.out);
	save_abandon(&s);
	is_text("report", "old");
	ck_assert(save_open(&s, "other", &d));
	save_abandon(&s);
	ck_assert_int_eq(files(), 1);
}
END_TEST

START_TEST(a_full_disk_leaves_the_old_one)
{
	struct save s;
	struct diag d;

	put("report", "old");
	ck_assert(save_open(&s, "report", &d));
	fputs("new", s.out);
	/* what is written now fails as on a full disk */
	ck_assert_int_ge(dup2(open("/dev/full", O_WRONLY | O_CLOEXEC), fileno(s.out)), 0);
	ck_assert(!save_commit(&s, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "No space left"));
	is_text("report", "old");
	ck_assert_int_eq(files(), 1);
}
END_TEST

/* The keeper outlives us by a moment. */
START_TEST(killed_leaves_nothing)
{
	pid_t child = fork();

	if (child == 0) {
		struct save s;
		struct diag d;

		if (save_open(&s, "report", &d))
			kill(getpid(), SIGKILL);
		_exit(1);
	}
	int status;
	waitpid(child, &status, 0);
	ck_assert(WIFSIGNALED(status));
	for (int i = 0; i < 100 && files() > 0; i++)
		usleep(20000);
	ck_assert_int_eq(files(), 0);
}
END_TEST

START_TEST(links_and_modes_are_kept)
{
	struct stat st;

	put("target", "old");
	ck_assert_int_eq(chmod("target", 0640), 0);
	ck_assert_int_eq(symlink("target", "link"), 0);
	put("link", "new");
	ck_assert_int_eq(lstat("link", &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
	ck_assert_int_eq(stat("target", &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0640);
	is_text("target", "new");
}
END_TEST

START_TEST(a_device_is_written_in_place)
{
	struct stat st;

	put("/dev/null", "text");
	ck_assert_int_eq(stat("/dev/null", &st), 0);
	ck_assert(S_ISCHR(st.st_mode));
}
END_TEST

START_TEST(what_cannot_be_is_said)
{
	struct save s;
	struct diag d;

	ck_assert(!save_open(&s, "nowhere/report", &d));
	ck_assert_str_eq(d.text, "nowhere/report: No such file or directory");
	ck_assert(!save_open(&s, ".", &d));
	ck_assert_str_eq(d.text, ".: Is a directory");
	save_abandon(&s);
	ck_assert_int_eq(files(), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("save");
	TCase *tc = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, enter_directory, leave_directory);
	tcase_add_test(tc, the_old_one_stays_until_the_commit);
	tcase_add_test(tc, abandoned_leaves_nothing);
	tcase_add_test(tc, a_full_disk_leaves_the_old_one);
	tcase_add_test(tc, killed_leaves_nothing);
	tcase_add_test(tc, links_and_modes_are_kept);
	tcase_add_test(tc, a_device_is_written_in_place);
	tcase_add_test(tc, what_cannot_be_is_said);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
