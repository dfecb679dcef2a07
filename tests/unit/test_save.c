/* Files that appear whole or not at all. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

/* A limit of 8 bytes to a file is a disk that is full. */
START_TEST(a_full_disk_leaves_the_old_one)
{
	const struct rlimit small = {8, 8};
	struct save s;
	struct diag d;

	put("report", "old");
	ck_assert(save_open(&s, "report", &d));
	fputs("more than there is room for", s.out);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	ck_assert(!save_commit(&s, &d));
	ck_assert_str_eq(d.text, "File too large");
	is_text("report", "old");
	ck_assert_int_eq(files(), 1);
}
END_TEST

/* Runs begin() in a process that goes when it returns; its status, or -1 where it was killed. */
static int in_child(int (*begin)(void))
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(begin());
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int open_and_die(void)
{
	struct save s;
	struct diag d;

	if (!save_open(&s, "report", &d))
		return 1;
	/* nobody waits beside us */
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		return 2;
	fputs("text", s.out);
	fflush(s.out);
	kill(getpid(), SIGKILL);
	return 3;
}

START_TEST(killed_leaves_nothing)
{
	ck_assert_int_eq(in_child(open_and_die), -1);
	ck_assert_int_eq(files(), 0);
}
END_TEST

enum { NOT_HERE = 77 };

/* With no /proc a file without a name gets none: as where there are no such files. */
static int save_with_no_proc(void)
{
	int spaces = CLONE_NEWNS | (geteuid() == 0 ? 0 : CLONE_NEWUSER);

	if (unshare(spaces) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", "/proc", "tmpfs", 0, NULL) < 0)
		return NOT_HERE;
	put("report", "old");
	put("report", "new");
	is_text("report", "new");
	return files() == 1 ? 0 : 1;
}

START_TEST(a_temporary_name_does_as_well)
{
	int status = in_child(save_with_no_proc);

	ck_assert_msg(status == 0 || status == NOT_HERE, "%d", status);
}
END_TEST

/* What privilege_drop() leaves of root. */
static int save_without_capabilities(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2] = {{0}, {0}};
	struct save old, new, gone;
	struct diag d;

	if (!save_open(&old, "theirs/old", &d) || !save_open(&new, "theirs/new", &d) ||
	    !save_open(&gone, "theirs/gone", &d))
		return 1;
	if (syscall(SYS_capset, &header, none) < 0)
		return NOT_HERE;
	if (open("theirs/other", O_WRONLY | O_CREAT | O_CLOEXEC, 0666) >= 0)
		return NOT_HERE;
	fputs("short", old.out);
	fputs("new", new.out);
	is_text("theirs/old", "an old one that is longer");
	if (!save_commit(&old, &d) || !save_commit(&new, &d))
		return 2;
	save_abandon(&gone);
	is_text("theirs/old", "short");
	is_text("theirs/new", "new");
	return 0;
}

START_TEST(root_without_capabilities_writes_over)
{
	struct stat st;
	int status;

	if (geteuid() != 0)
		return;
	ck_assert_int_eq(mkdir("theirs", 0755), 0);
	put("theirs/old", "an old one that is longer");
	ck_assert_int_eq(chown("theirs", 65534, 65534), 0);
	ck_assert_int_eq(chown("theirs/old", 65534, 65534), 0);
	ck_assert_int_eq(chmod("theirs/old", 0644), 0);
	status = in_child(save_without_capabilities);
	ck_assert_msg(status == 0 || status == NOT_HERE, "%d", status);
	ck_assert_int_eq(stat("theirs/old", &st), 0);
	ck_assert_int_eq(st.st_uid, 65534);
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
	tcase_add_test(tc, a_temporary_name_does_as_well);
	tcase_add_test(tc, root_without_capabilities_writes_over);
	tcase_add_test(tc, links_and_modes_are_kept);
	tcase_add_test(tc, a_device_is_written_in_place);
	tcase_add_test(tc, what_cannot_be_is_said);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
