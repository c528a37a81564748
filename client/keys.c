/* Key files, cards and roots on the disk. Every file is whole or absent, secrets are nobody else's to read. */
#include "client/keys.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/lang.h"
#include "client/say.h"
#include "client/secret.h"
#include "proto/armour.h"
#include "proto/result.h"

#define SECRET_BYTES (KEYFILE_BYTES + LOCK_OVERHEAD_BYTES)

_Static_assert(ROOTFILE_BYTES <= KEYFILE_BYTES, "one buffer serves both");

void keys_paths(const char *directory, struct key_paths *out)
{
	out->directory = say_format("%s", directory);
	out->keys = say_format("%s/keys", directory);
	out->station = say_format("%s/keys/station", directory);
	out->next = say_format("%s/keys/station.next", directory);
	out->card = say_format("%s/card", directory);
	out->request = say_format("%s/request", directory);
}

void keys_paths_free(struct key_paths *paths)
{
	free(paths->directory);
	free(paths->keys);
	free(paths->station);
	free(paths->next);
	free(paths->card);
	free(paths->request);
}

bool keys_exists(const char *path)
{
	struct stat file;

	return lstat(path, &file) == 0 || errno != ENOENT;
}

int keys_make_directories(const struct key_paths *paths)
{
	const char *made[] = {paths->directory, paths->keys};

	for (size_t i = 0; i < 2; i++)
		if (mkdir(made[i], 0700) != 0 && errno != EEXIST) {
			say_error(_("%s can't be made: %s"), made[i], strerror(errno));
			return REFUSED;
		}
	if (chmod(paths->keys, 0700) == 0)
		return DONE;
	say_error(_("%s can't be closed to others: %s"), paths->keys, strerror(errno));
	return REFUSED;
}

int keys_make(struct bytes name, struct station_keys *out)
{
	uint8_t random[KEYFILE_RANDOM_BYTES];
	int result = secret_random(random, sizeof random);

	if (result == 0)
		keyfile_make(name, random, out);
	else
		say_error(_("no random bytes can be had from the system: %s"), strerror(-result));
	key_wipe(random, sizeof random);
	return result == 0 ? DONE : REFUSED;
}

/* What root writes for a station must be the station's. */
static int give_to_owner(int fd, const char *path)
{
	char *copy = must(strdup(path));
	struct stat directory;
	int result = 0;

	if (geteuid() == 0 &&
	    (stat(dirname(copy), &directory) != 0 || fchown(fd, directory.st_uid, directory.st_gid) != 0))
		result = -errno;
	free(copy);
	return result;
}

static int write_file(const char *path, mode_t mode, struct bytes bytes, bool is_new)
{
	struct secret_file file;
	int result = secret_begin(&file, path, mode);

	if (result == 0)
		result = give_to_owner(file.fd, path);
	if (result == 0)
		result = secret_append(&file, bytes);
	if (result == 0)
		result = secret_commit(&file, is_new);
	else
		secret_abandon(&file);
	if (result != 0)
		say_error(_("%s can't be written: %s"), path, strerror(-result));
	return result == 0 ? DONE : REFUSED;
}

int keys_write_public(const char *path, struct bytes bytes, bool is_new)
{
	return write_file(path, 0644, bytes, is_new);
}

/* Locks and writes what is secret. */
static int write_locked(const char *path, const char *label, struct bytes plain, const struct passphrase *passphrase,
			bool is_new)
{
	uint8_t random[LOCK_RANDOM_BYTES], locked[SECRET_BYTES];
	struct pack_writer w = pack_writer(locked, sizeof locked);
	int result = secret_random(random, sizeof random);

	if (result != 0) {
		say_error(_("no random bytes can be had from the system: %s"), strerror(-result));
		return REFUSED;
	}
	if (lock_close(bytes_of(label), passphrase_bytes(passphrase), random, plain, &w) != RESULT_OK || w.is_over) {
		say_error(_("there is no memory to lock %s: %u MiB are needed"), path, LOCK_MEMORY_BYTES / MIB);
		return REFUSED;
	}
	return write_file(path, 0600, pack_written(&w), is_new);
}

int keys_write(const char *path, const struct station_keys *keys, const struct passphrase *passphrase, bool is_new)
{
	uint8_t plain[KEYFILE_BYTES];
	struct bytes encoded = keyfile_encode(keys, plain);
	int outcome = passphrase->len > 0 ? write_locked(path, KEYFILE_LABEL, encoded, passphrase, is_new)
					  : write_file(path, 0600, encoded, is_new);

	key_wipe(plain, sizeof plain);
	return outcome;
}

int keys_write_root(const char *path, const struct root_key *root, const struct passphrase *passphrase)
{
	uint8_t plain[ROOTFILE_BYTES];
	int outcome = write_locked(path, ROOTFILE_LABEL, rootfile_encode(root, plain), passphrase, true);

	key_wipe(plain, sizeof plain);
	return outcome;
}

/* A secret file whole; refused when others can read it. */
static int read_secret(const char *path, uint8_t out[SECRET_BYTES], size_t *out_len)
{
	struct stat info;
	uint8_t *data;
	int result = stat(path, &info) == 0 ? 0 : -errno;

	if (result == 0 && S_ISREG(info.st_mode) && (info.st_mode & 077) != 0) {
		say_error(
		    _("%s can be read by others (mode %03o); chmod 600 it, and replace the keys if anyone may have"),
		    path, (unsigned)info.st_mode & 0777);
		return REFUSED;
	}
	if (result == 0)
		result = secret_read(path, SECRET_BYTES, &data, out_len);
	if (result != 0) {
		say_error(_("%s can't be read: %s"), path,
			  result == -EFBIG ? _("it is too large to be a key file") : strerror(-result));
		return REFUSED;
	}
	memcpy(out, data, *out_len);
	key_wipe(data, *out_len);
	free(data);
	return DONE;
}

/* Reads and unlocks; a plain file stays as it is. Of two labels the file's own is taken; NULL: none. */
static int open_secret(const struct args *args, const char *path, const char *label, const char *other,
		       struct passphrase *passphrase, uint8_t out[SECRET_BYTES], size_t *len)
{
	uint8_t file[SECRET_BYTES];
	int result, outcome = read_secret(path, file, len);

	if (outcome != DONE)
		return outcome;
	if (!lock_is_locked((struct bytes){file, *len})) {
		memcpy(out, file, *len);
		key_wipe(file, sizeof file);
		return DONE;
	}
	if (passphrase->len == 0)
		outcome = passphrase_ask(args, "--passphrase", path, passphrase);
	if (outcome != DONE)
		return outcome;
	result = lock_open(bytes_of(label), passphrase_bytes(passphrase), (struct bytes){file, *len}, out, len);
	if (result == RESULT_MALFORMED && other != NULL)
		result = lock_open(bytes_of(other), passphrase_bytes(passphrase), (struct bytes){file, *len}, out, len);
	if (result < 0)
		say_error(_("there is no memory to unlock %s: %u MiB are needed"), path, LOCK_MEMORY_BYTES / MIB);
	else if (result == RESULT_SEAL)
		say_error(_("%s does not open: the passphrase is wrong or the file is damaged"), path);
	else if (result != RESULT_OK)
		say_error(_("%s is locked, but holds something else than is wanted here"), path);
	return result == RESULT_OK ? DONE : REFUSED;
}

int keys_open(const struct args *args, const char *path, struct passphrase *passphrase, struct station_keys *out)
{
	uint8_t plain[SECRET_BYTES];
	size_t len = 0;
	int outcome = open_secret(args, path, KEYFILE_LABEL, NULL, passphrase, plain, &len);

	if (outcome == DONE && keyfile_decode((struct bytes){plain, len}, out) != RESULT_OK) {
		say_error(_("%s is not a key file of this version"), path);
		outcome = REFUSED;
	}
	key_wipe(plain, sizeof plain);
	return outcome;
}

/* The root inside a station's key file. */
static bool take_root(const struct station_keys *keys, struct root_key *out)
{
	if (keys->has_root)
		rootfile_make(name_state(name_bytes(&keys->name)), keys->root.secret, out);
	return keys->has_root;
}

int keys_open_root(const struct args *args, const char *path, struct root_key *out)
{
	struct passphrase passphrase = {.len = 0};
	struct station_keys keys = {.has_root = false};
	uint8_t plain[SECRET_BYTES];
	size_t len = 0;
	int outcome = open_secret(args, path, ROOTFILE_LABEL, KEYFILE_LABEL, &passphrase, plain, &len);
	struct bytes in = {plain, len};

	if (outcome == DONE && keyfile_decode(in, &keys) == RESULT_OK) {
		if (!take_root(&keys, out)) {
			say_error(_("%s is the key file of a station whose root is kept elsewhere"), path);
			outcome = REFUSED;
		}
	} else if (outcome == DONE && (passphrase.len == 0 || rootfile_decode(in, out) != RESULT_OK)) {
		say_error(_("%s is neither a locked root file nor the key file of a station"), path);
		outcome = REFUSED;
	}
	key_wipe(&passphrase, sizeof passphrase);
	key_wipe(&keys, sizeof keys);
	key_wipe(plain, sizeof plain);
	return outcome;
}
