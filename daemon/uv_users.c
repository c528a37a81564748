/* Users and groups: what the configuration names, against what the system knows. */
#include "daemon/uv_users.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>

#define GROUPS_MAX 65536 /* of one user, as in the kernel */

/* The groups of a user in memory that the caller frees, their count in out_count; NULL when there are none to be had.
 */
static gid_t *groups_of(uint32_t uid, int *out_count)
{
	const struct passwd *user = getpwuid(uid);
	int count = 64;
	gid_t *groups = NULL;

	while (user != NULL && count <= GROUPS_MAX) {
		gid_t *grown = realloc(groups, (size_t)count * sizeof *groups);
		int room = count;

		if (grown == NULL)
			break;
		groups = grown;
		if (getgrouplist(user->pw_name, user->pw_gid, groups, &count) >= 0) {
			*out_count = count;
			return groups;
		}
		if (count <= room) /* it did not say how many there are */
			count = 2 * room;
	}
	free(groups);
	return NULL;
}

static bool is_member(const char *name, const gid_t *groups, int count)
{
	const struct group *group = getgrnam(name);

	for (int i = 0; group != NULL && i < count; i++)
		if (groups[i] == group->gr_gid)
			return true;
	return false;
}

static bool is_user(const char *name, uint32_t uid)
{
	const struct passwd *user = getpwnam(name);

	return user != NULL && user->pw_uid == uid;
}

uint64_t users_sections(const struct config *config, uint32_t uid)
{
	uint64_t sections = 0;
	int count = 0;
	gid_t *groups = groups_of(uid, &count);

	for (size_t i = 0; i < config->officer_count; i++) {
		const struct config_officer *officer = &config->officer[i];

		if ((officer->user != NULL && is_user(officer->user, uid)) ||
		    (officer->group != NULL && groups != NULL && is_member(officer->group, groups, count)))
			sections |= UINT64_C(1) << i;
	}
	free(groups);
	return sections;
}

void users_check(const struct config *config, void (*report)(const char *sentence))
{
	char sentence[512];

	for (size_t i = 0; i < config->officer_count; i++) {
		const struct config_officer *officer = &config->officer[i];
		const char *kind = officer->user != NULL ? "user" : "group";
		const char *name = officer->user != NULL ? officer->user : officer->group;

		if (name == NULL || (officer->user != NULL ? getpwnam(name) != NULL : getgrnam(name) != NULL))
			continue;
		snprintf(sentence, sizeof sentence,
			 "officer \"%s\": this system has no %s \"%s\"; nobody is this officer", officer->function.text,
			 kind, name);
		report(sentence);
	}
}
