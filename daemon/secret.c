/* Key files, the directory's lock, and random bytes. */
#include "daemon/secret.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "proto/armour.h"
#include "proto/lock.h"
#include "proto/result.h"

#define PATH_BYTES 4096
#define LOCKED_BYTES (KEYFILE_BYTES + LOCK_OVERHEAD_BYTES)

int secret_lock(const char *directory, char *error, size_t size)
{
	char path[PATH_BYTES];
	int fd;

	snprintf(path, sizeof path, "%s/lock", directory);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		snprintf(error, size, "%s can't be opened: %s", path, strerror(errno));
		return -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		snprintf(error, size, "another hotlined runs on %s; stop that one first", directory);
		close(fd);
		return -1;
	}
	return 0; /* held open until the process ends */
}

/* A whole file of at most capacity bytes. is_secret: nobody else may be able to read it. */
static int load(const char *path, bool is_secret, uint8_t *out, size_t capacity, size_t *out_len, char *error,
		size_t size)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	if (fd < 0 || fstat(fd, &info) != 0)
		snprintf(error, size, "%s can't be read: %s", path, strerror(errno));
	else if (is_secret && (info.st_mode & 077) != 0)
		snprintf(error, size,
			 "%s can be read by others (mode %03o); chmod 600 it, and replace the keys if anyone may have",
			 path, (unsigned)info.st_mode & 0777);
	else if (info.st_size > (off_t)capacity)
		snprintf(error, size, "%s is too large to be what it should be", path);
	else {
		got = read(fd, out, capacity);
		if (got < 0)
			snprintf(error, size, "%s can't be read: %s", path, strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	if (got >= 0)
		*out_len = (size_t)got;
	return got < 0 ? -1 : 0;
}

bool secret_harden(void)
{
	static const struct rlimit none = {0, 0};
	struct rlimit locked;

	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &none);
	/* Under a limit that is enough now, allocations would fail later: all or nothing. */
	return getrlimit(RLIMIT_MEMLOCK, &locked) == 0 && locked.rlim_cur == RLIM_INFINITY &&
	       mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;
}

/* A line without its end, from a descriptor. */
static int read_line(int fd, char *out, size_t capacity, size_t *out_len)
{
	size_t len = 0;
	ssize_t got;

	while (len < capacity && (got = read(fd, out + len, 1)) == 1 && out[len] != '\n')
		len++;
	*out_len = len;
	return len > 0 && len < capacity ? 0 : -1;
}

static int ask(char *out, size_t capacity, size_t *out_len)
{
	struct termios before, quiet;
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC), result = -1;

	if (fd < 0)
		return -1;
	if (tcgetattr(fd, &before) == 0) {
		quiet = before;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(fd, TCSAFLUSH, &quiet);
		dprintf(fd, "Passphrase of the station's keys: ");
		result = read_line(fd, out, capacity, out_len);
		dprintf(fd, "\n");
		tcsetattr(fd, TCSAFLUSH, &before);
	}
	close(fd);
	return result;
}

/* systemd's credential, the descriptor, the terminal: the first there is. */
static int find_passphrase(int passphrase_fd, char *out, size_t capacity, size_t *out_len)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_BYTES];
	int fd = -1, result;

	if (passphrase_fd >= 0)
		return read_line(passphrase_fd, out, capacity, out_len);
	if (credentials != NULL) {
		snprintf(path, sizeof path, "%s/hotline.passphrase", credentials);
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (fd < 0)
		return ask(out, capacity, out_len);
	result = read_line(fd, out, capacity, out_len);
	close(fd);
	return result;
}

/* A locked key file's plain form in place of it. */
static int unlock(const char *path, int passphrase_fd, uint8_t bytes[LOCKED_BYTES], size_t *len, char *error,
		  size_t size)
{
	char passphrase[LOCK_PASSPHRASE_BYTES];
	size_t passphrase_len = 0;
	int result = -1;

	if (find_passphrase(passphrase_fd, passphrase, sizeof passphrase, &passphrase_len) != 0)
		snprintf(
		    error, size,
		    "%s is locked and no passphrase was given; give it as the systemd credential hotline.passphrase, "
		    "by --passphrase-fd, or start hotlined on a terminal",
		    path);
	else {
		uint8_t plain[LOCKED_BYTES];

		result = lock_open(bytes_of(KEYFILE_LABEL), (struct bytes){(uint8_t *)passphrase, passphrase_len},
				   (struct bytes){bytes, *len}, plain, len);
		if (result < 0)
			snprintf(error, size, "there is no memory to unlock %s", path);
		else if (result != RESULT_OK)
			snprintf(error, size, "%s does not open: the passphrase is wrong or the file is damaged", path);
		if (result == RESULT_OK)
			memcpy(bytes, plain, *len);
		sodium_memzero(plain, sizeof plain);
	}
	sodium_memzero(passphrase, sizeof passphrase);
	return result == RESULT_OK ? 0 : -1;
}

int secret_load_station(const char *directory, int passphrase_fd, struct station_keys *out, char *error, size_t size)
{
	char path[PATH_BYTES];
	uint8_t bytes[LOCKED_BYTES];
	size_t len = 0;
	int result = -1;

	snprintf(path, sizeof path, "%s/keys/station", directory);
	if (load(path, true, bytes, sizeof bytes, &len, error, size) != 0)
		return -1;
	if (!lock_is_locked((struct bytes){bytes, len}) || unlock(path, passphrase_fd, bytes, &len, error, size) == 0) {
		result = keyfile_decode((struct bytes){bytes, len}, out) == RESULT_OK ? 0 : -1;
		if (result != 0)
			snprintf(error, size, "%s is not a key file of this version", path);
	}
	sodium_memzero(bytes, sizeof bytes);
	return result;
}

int secret_load_card(const char *directory, uint8_t *out, size_t *out_len, char *error, size_t size)
{
	static uint8_t text[2 * LIMIT_OBJECT_BYTES], card[sizeof text];
	char path[PATH_BYTES];
	size_t len, card_len;

	snprintf(path, sizeof path, "%s/card", directory);
	if (load(path, false, text, sizeof text, &len, error, size) != 0)
		return -1;
	if (armour_decode("CARD", (struct bytes){text, len}, card, &card_len) != RESULT_OK ||
	    card_len > LIMIT_OBJECT_BYTES) {
		snprintf(error, size, "%s is not a card file", path);
		return -1;
	}
	memcpy(out, card, card_len);
	*out_len = card_len;
	return 0;
}

static int load_pair(const char *path, const uint8_t key[KEY_BYTES], struct pair_keys *out, char *error, size_t size)
{
	uint8_t bytes[PAIR_FILE_BYTES + ROW_OVERHEAD_BYTES], plain[sizeof bytes];
	size_t len = 0;
	int result;

	if (load(path, true, bytes, sizeof bytes, &len, error, size) != 0)
		return -1;
	result =
	    row_open(key, bytes_of("pair"), bytes_of(strrchr(path, '/') + 1), (struct bytes){bytes, len}, plain, &len);
	if (result == RESULT_OK)
		result = pair_decode((struct bytes){plain, len}, out);
	sodium_memzero(plain, sizeof plain);
	if (result != RESULT_OK)
		snprintf(error, size, "%s is not a pair's key file of this station and version", path);
	return result == RESULT_OK ? 0 : -1;
}

int secret_load_pairs(const char *directory, const uint8_t key[KEY_BYTES], struct pair_keys **out, size_t *out_count,
		      char *error, size_t size)
{
	char path[PATH_BYTES];
	struct pair_keys *pairs = NULL, *more;
	struct dirent *entry;
	size_t count = 0;
	DIR *dir;

	snprintf(path, sizeof path, "%s/keys", directory);
	dir = opendir(path);
	if (dir == NULL) {
		snprintf(error, size, "%s can't be read: %s", path, strerror(errno));
		return -1;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, "pair-", 5) != 0 || strchr(entry->d_name, '.') != NULL)
			continue;
		snprintf(path, sizeof path, "%s/keys/%s", directory, entry->d_name);
		more = malloc((count + 1) * sizeof *more); /* never realloc: it would leave keys behind */
		if (more == NULL || load_pair(path, key, &more[count], error, size) != 0) {
			free(more);
			secret_free_pairs(pairs, count);
			closedir(dir);
			return -1;
		}
		if (count > 0)
			memcpy(more, pairs, count * sizeof *more);
		secret_free_pairs(pairs, count);
		pairs = more;
		count++;
	}
	closedir(dir);
	*out = pairs;
	*out_count = count;
	return 0;
}

void secret_free_pairs(struct pair_keys *pairs, size_t count)
{
	if (pairs != NULL)
		sodium_memzero(pairs, count * sizeof *pairs);
	free(pairs);
}

/* Negative at the first thing that fails: nothing is tried twice, and no fsync after one that failed. */
static int write_synced(const char *path, struct bytes bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), result = -1;

	if (fd < 0)
		return -1;
	if (write(fd, bytes.data, bytes.len) == (ssize_t)bytes.len && fsync(fd) == 0)
		result = 0;
	close(fd);
	return result;
}

static int sync_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result;

	if (fd < 0)
		return -1;
	result = fsync(fd);
	close(fd);
	return result;
}

/* write, fsync, rename, fsync the directory: after a power cut either the old file stands or the new one. */
static int replace(const char *directory, const char *name, struct bytes bytes)
{
	char path[PATH_BYTES], temporary[PATH_BYTES];

	snprintf(path, sizeof path, "%s/keys/%s", directory, name);
	snprintf(temporary, sizeof temporary, "%s/keys/.%s", directory, name);
	if (write_synced(temporary, bytes) != 0 || rename(temporary, path) != 0)
		return -1;
	snprintf(path, sizeof path, "%s/keys", directory);
	return sync_directory(path);
}

int secret_store_pair(const char *directory, const uint8_t key[KEY_BYTES], const struct pair_keys *pair)
{
	uint8_t plain[PAIR_FILE_BYTES], bytes[PAIR_FILE_BYTES + ROW_OVERHEAD_BYTES], nonce[LOCK_NONCE_BYTES];
	struct bytes encoded = pair_encode(pair, plain);
	char name[LIMIT_NAME_BYTES + 8];

	snprintf(name, sizeof name, "pair-%s", pair->peer.text);
	randombytes_buf(nonce, sizeof nonce);
	row_close(key, bytes_of("pair"), bytes_of(name), nonce, encoded, bytes);
	sodium_memzero(plain, sizeof plain);
	return replace(directory, name, (struct bytes){bytes, encoded.len + ROW_OVERHEAD_BYTES});
}

void secret_random(void *ctx, void *out, size_t len)
{
	(void)ctx;
	randombytes_buf(out, len);
}
