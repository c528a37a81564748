/* The pager as a child that reads what we write. */
#include "client/pager.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/say.h"

static pid_t pager;

/* Never returns. What comes is one page or more, safe already; less leaves at once when it fits the screen. */
static void become_pager(const char *command, const int ends[2])
{
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	close(ends[1]);
	setenv("LESS", "FRX", 0);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

void pager_begin(void)
{
	const char *command = getenv("PAGER");
	int ends[2];

	if (!say_is_terminal() || command == NULL || *command == '\0' || strcmp(command, "cat") == 0 || pipe(ends) != 0)
		return;
	fflush(stdout);
	pager = fork();
	if (pager == 0)
		become_pager(command, ends);
	if (pager > 0) {
		dup2(ends[1], STDOUT_FILENO);
		signal(SIGPIPE, SIG_IGN); /* who stops reading has read enough */
	}
	close(ends[0]);
	close(ends[1]);
}

void pager_end(void)
{
	int status;

	if (pager <= 0)
		return;
	fclose(stdout);
	while (waitpid(pager, &status, 0) < 0)
		;
	pager = 0;
}
