/*
 * Runs one fuzz target over the files of its corpus, and over so many small changes of each: TARGET DIRECTORY
 * [CHANGES]. A file is one TAP case; a target that fails aborts, after its file's name. A file whose name does not
 * begin with "bad-" or "crash-" must be accepted, else it tests nothing.
 */
#include <dirent.h>

#include "tests/fuzz/fuzz.h"

#define FILES 4096
#define FILE_BYTES (1u << 20)

static char *names[FILES];
static uint8_t original[FILE_BYTES];

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t list(const char *directory)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;
	size_t count = 0;

	while (dir != NULL && count < FILES && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			names[count++] = strdup(entry->d_name);
	if (dir != NULL)
		closedir(dir);
	qsort(names, count, sizeof *names, compare);
	return count;
}

static size_t load(const char *directory, const char *name)
{
	char path[4096];
	FILE *file;
	size_t len;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	file = fopen(path, "rb");
	if (file == NULL) {
		perror(path);
		exit(1);
	}
	len = fread(original, 1, sizeof original, file);
	fclose(file);
	return len;
}

/* The input has memory of its own, so that reading beyond it is seen. */
static void run(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	FUZZ_NEED(copy != NULL);
	memcpy(copy, data, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

/* The nth change: a byte set, a bit turned, a run doubled, or the end cut off. */
static void run_changed(size_t len, uint64_t *state)
{
	uint8_t *copy = malloc(2 * len + 1);
	size_t at, step;

	FUZZ_NEED(copy != NULL);
	memcpy(copy, original, len);
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	at = len > 0 ? (size_t)(*state >> 33) % len : 0;
	step = len > at ? 1 + (size_t)(*state >> 20) % (len - at) : 0;
	switch (*state >> 61) {
	case 0:
		len = at;
		break;
	case 1:
		memmove(copy + at + step, copy + at, len - at);
		len += step;
		break;
	case 2:
	case 3:
	case 4:
		copy[at] ^= (uint8_t)(1 << (*state >> 50) % 8);
		break;
	default:
		copy[at] = (uint8_t)(*state >> 40);
		break;
	}
	run(copy, len);
	free(copy);
}

static int replay(const char *directory, const char *name, unsigned changes)
{
	bool is_good = strncmp(name, "bad-", 4) != 0 && strncmp(name, "crash-", 6) != 0;
	uint64_t state = 1;
	size_t len = load(directory, name);

	printf("# %s\n", name);
	fflush(stdout); /* an abort shall leave the name behind */
	fuzz_accepted = 0;
	run(original, len);
	if (is_good && !fuzz_accepted)
		return 1;
	for (unsigned i = 0; i < changes; i++)
		run_changed(len, &state);
	return 0;
}

int main(int argc, char **argv)
{
	const char *directory = argc > 1 ? argv[1] : ".";
	unsigned changes = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	size_t count = list(directory);
	int failed = count == 0;

	LLVMFuzzerInitialize(&argc, &argv);
	printf("1..%zu\n", count > 0 ? count : 1);
	for (size_t i = 0; i < count; i++) {
		int result = replay(directory, names[i], changes);

		printf("%sok %zu - %s\n", result == 0 ? "" : "not ", i + 1, names[i]);
		failed |= result;
		free(names[i]);
	}
	return failed;
}
