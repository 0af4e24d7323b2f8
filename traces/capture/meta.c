/* SPDX-License-Identifier: GPL-2.0-only */
#include "traces/capture/meta.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "traces/db.h"
#include "traces/read/reader.h"
#include "traces/write/writer.h"

#define FILE_MAX	65536	/* bytes of a sidecar, */
#define LINE_MAX_BYTES	4096	/* and of one of its lines */

/* ---- keys ---- */

const char *capture_meta_get(const struct capture_meta *m, const char *key)
{
	for (unsigned i = 0; i < m->n; i++)
		if (!strcmp(m->key[i], key) && *m->value[i])
			return m->value[i];
	return NULL;
}

int capture_meta_add(struct capture_meta *m, const char *key, const char *value)
{
	if (capture_meta_get(m, key))
		return 0;
	if (m->n == CAPTURE_META_MAX)
		return -E2BIG;
	m->key[m->n] = strdup(key);
	m->value[m->n] = strdup(value);
	if (!m->key[m->n] || !m->value[m->n]) {
		free(m->key[m->n]);
		free(m->value[m->n]);
		return -ENOMEM;
	}
	text_clean(m->key[m->n], m->key[m->n], false);
	text_clean(m->value[m->n], m->value[m->n], false);
	m->n++;
	return 0;
}

void capture_meta_free(struct capture_meta *m)
{
	for (unsigned i = 0; i < m->n; i++) {
		free(m->key[i]);
		free(m->value[i]);
	}
	m->n = 0;
}

/* ---- the file ---- */

struct ini {
	struct capture_meta *m;
	bool in_section;
	int error;
};

static int take_key(void *arg, const char *section, const char *name, const char *value)
{
	struct ini *ini = arg;

	if (strcmp(section, "capture"))
		return 1;		/* somebody else's */
	ini->in_section = true;
	if (!ini->error)
		ini->error = capture_meta_add(ini->m, name, value);
	return !ini->error;
}

/* A release is longer than the lines that inih takes when nobody asks. */
static int parse_text(const char *text, struct ini *ini)
{
	const int line = ini_max_line;
	const bool multi = ini_allow_multiline;
	int r;

	ini_max_line = LINE_MAX_BYTES;
	ini_allow_multiline = false;
	r = ini_parse_string(text, take_key, ini);
	ini_max_line = line;
	ini_allow_multiline = multi;
	return r;
}

/* The whole of a small file; NULL and errno where it is none. */
static char *read_file(const char *path)
{
	char *text = NULL;
	struct stat st;
	size_t n;
	FILE *file;

	if (stat(path, &st))
		return NULL;
	if (!S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		return NULL;
	}
	file = fopen(path, "rb");
	if (!file)
		return NULL;
	text = malloc(FILE_MAX + 1);
	n = text ? fread(text, 1, FILE_MAX + 1, file) : 0;
	fclose(file);
	if (!text || n > FILE_MAX || memchr(text, '\0', n)) {
		errno = !text ? ENOMEM : n > FILE_MAX ? EFBIG : EINVAL;
		free(text);
		return NULL;
	}
	text[n] = '\0';
	return text;
}

static int parse(struct capture_meta *m, char *err)
{
	char *text = read_file(m->path);
	struct ini ini = { .m = m };
	int line, r = text ? 0 : -errno;

	if (r) {
		snprintf(err, TRACE_ERROR_MAX, "%.400s: %s", m->path, strerror(-r));
		return r;
	}
	line = parse_text(text, &ini);
	free(text);
	if (ini.error == -E2BIG)
		snprintf(err, TRACE_ERROR_MAX, "%.400s: more than %d keys", m->path,
			 CAPTURE_META_MAX);
	else if (line)
		snprintf(err, TRACE_ERROR_MAX, "%.400s:%d: KEY = VALUE is needed", m->path, line);
	else if (!ini.in_section)
		snprintf(err, TRACE_ERROR_MAX, "%.400s: it has no section [capture]", m->path);
	else
		return 0;
	return ini.error ? ini.error : -EINVAL;
}

int capture_meta_read(struct capture_meta *m, const char *path, const char *capture, char *err)
{
	size_t n = strlen(path ? path : capture);
	struct stat st;
	char *name;

	m->n = 0;
	m->path[0] = '\0';
	if (n + sizeof(".meta") > sizeof(m->path)) {
		snprintf(err, TRACE_ERROR_MAX, "the name of a sidecar is too long");
		return -ENAMETOOLONG;
	}
	if (path) {
		strcpy(m->path, path);
		return parse(m, err);
	}
	for (;;) {
		memcpy(m->path, capture, n);
		strcpy(m->path + n, ".meta");
		if (!stat(m->path, &st))
			return parse(m, err);
		m->path[n] = '\0';
		name = strrchr(m->path, '/');
		name = strrchr(name ? name + 1 : m->path, '.');
		if (!name || name == m->path || name[-1] == '/')
			break;
		n = (size_t)(name - m->path);
	}
	m->path[0] = '\0';
	return 0;
}

/* ---- in the trace ---- */

int capture_meta_write(struct trace_writer *tw, int run, const struct capture_meta *m)
{
	for (unsigned i = 0; i < m->n; i++)
		tw_row(tw, SQL_CAPTURE_META, INT(run), TEXT(m->key[i]), TEXT(m->value[i]));
	return tw->error;
}

int capture_meta_value(struct trace *t, const char *key, char *value, size_t size)
{
	static const char sql[] = "SELECT value FROM capture_meta WHERE run = ? AND key = ?";
	sqlite3_stmt *s = NULL;
	int r, rc;

	*value = '\0';
	r = tr_prepare(t, &s, sql);
	if (!r && sqlite3_bind_text(s, 2, key, -1, SQLITE_STATIC) != SQLITE_OK)
		r = tr_sql(t);
	rc = r ? SQLITE_DONE : sqlite3_step(s);
	if (rc == SQLITE_ROW && sqlite3_column_text(s, 0)) {
		snprintf(value, size, "%s", (const char *)sqlite3_column_text(s, 0));
		text_clean(value, value, false);
	} else if (rc != SQLITE_DONE && rc != SQLITE_ROW) {
		r = tr_sql(t);
	}
	sqlite3_finalize(s);
	return r;
}

/* ---- which kernel ---- */

/* "v6.8 load=exclusive": a name, then switches. */
static int kernel_as_said(const char *text, struct kernel *k, char *name, size_t size, char *how)
{
	char word[64];
	bool named = false;

	snprintf(name, size, "%s", text);
	while (*(text += strspn(text, " \t"))) {
		size_t n = strcspn(text, " \t");
		int r;

		snprintf(word, sizeof(word), "%.*s", n < sizeof(word) ? (int)n : 0, text);
		r = named ? kernel_set(k, word) : kernel_named(k, word, NULL, 0);
		if (r) {
			snprintf(how, CAPTURE_HOW_MAX, named ? "kernel = %s: '%s' is no switch "
				 "with its value" : "kernel = %s: there is no kernel '%s'", name,
				 word);
			return -EINVAL;
		}
		named = true;
		text += n;
	}
	if (!named)
		snprintf(how, CAPTURE_HOW_MAX, "kernel = names no kernel");
	else
		snprintf(how, CAPTURE_HOW_MAX, "as its sidecar says");
	return named ? 0 : -EINVAL;
}

/* The three numbers of "6.1.192-2"; how long they are, 0 for none. */
static size_t release_number(const char *text, char *number, size_t size)
{
	unsigned v[3] = { 0 };
	int n = 0;

	if (sscanf(text, "%3u.%3u.%3u%n", &v[0], &v[1], &v[2], &n) < 3 || !n) {
		v[2] = 0;
		if (sscanf(text, "%3u.%3u%n", &v[0], &v[1], &n) < 2)
			return 0;
	}
	snprintf(number, size, "%u.%u.%u", v[0], v[1], v[2]);
	return (size_t)n;
}

/* What follows the words that a release begins with: "Linux version ", or uname's "Linux host ". */
static const char *behind_words(const char *release)
{
	static const char version[] = "Linux version ", uname[] = "Linux ";
	const char *at = strstr(release, version);

	if (at)
		return at + strlen(version);
	if (strncmp(release, uname, strlen(uname)))
		return release;
	at = strchr(release + strlen(uname), ' ');
	return at ? at + 1 : release;
}

/* The kernel that a release is of: its name among ours, or -ENOENT and in `how` why not. */
static int release_kernel(const char *release, char *name, size_t size, char *how)
{
	static const char debian[] = "Debian ";
	const char *at = behind_words(release);
	unsigned major, minor, candidate;
	char word[80];
	size_t n = 0;

	/* "(gcc (Debian 12.2.0-14) 12.2.0, ..) .. Debian 6.1.192-2": the last is the kernel's */
	for (const char *d = release; (d = strstr(d, debian)); d++)
		if (d[-(d > release)] != '(' && release_number(d + strlen(debian), name, size))
			n = 1;
	if (n)
		return 0;
	if (sscanf(at, "%3u.%3u.0-rc%3u", &major, &minor, &candidate) == 3) {
		snprintf(name, size, "v%u.%u-rc%u", major, minor, candidate);
		if (kernel_find(name))
			return 0;
	}
	n = release_number(at, name, size);
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(at, " "), at);
	if (n && !kernel_hides_release(word))
		return 0;
	snprintf(how, CAPTURE_HOW_MAX, n ? "its release, '%.60s', is a distribution's number: "
		 "which stable release it is does not follow" :
		 "its release, '%.60s', has no number", release);
	return -ENOENT;
}

int capture_kernel(const struct capture_meta *m, struct kernel *k, char *name, size_t size,
		   char *how)
{
	const char *said = capture_meta_get(m, "kernel");
	const char *release = capture_meta_get(m, "release");
	const char *exclusive = capture_meta_get(m, "zswap.exclusive_loads");
	char number[32], said_of[KERNEL_SAID_MAX];

	*name = '\0';
	if (said)
		return kernel_as_said(said, k, name, size, how);
	if (!release) {
		snprintf(how, CAPTURE_HOW_MAX, "nothing says which kernel it was");
		return -ENOENT;
	}
	if (release_kernel(release, number, sizeof(number), how))
		return -ENOENT;
	if (kernel_named(k, number, said_of, sizeof(said_of))) {
		snprintf(how, CAPTURE_HOW_MAX, "there are no rules for %s: %s", number,
			 said_of);
		return -ENOENT;
	}
	snprintf(name, size, "%s", number);
	if (exclusive && (*exclusive == 'Y' || *exclusive == '1') &&
	    k->load == LOAD_NONEXCLUSIVE) {
		k->load = LOAD_EXCLUSIVE;
		snprintf(name, size, "%s load=exclusive", number);
	}
	snprintf(how, CAPTURE_HOW_MAX, "by its release%s, '%.60s%s'%s",
		 strchr(name, ' ') ? " and zswap.exclusive_loads" : "", release,
		 strlen(release) > 60 ? ".." : "", strstr(release, "-rc") ?
		 ", a release candidate: its rules may differ" : "");
	return 0;
}

bool capture_says_little(struct trace *t)
{
	char form[CAPTURE_TEXT_MAX], without[CAPTURE_TEXT_MAX];
	struct capture_info info;

	if (!capture_info_read(t, &info) && info.losses)
		return true;
	capture_meta_value(t, CAPTURE_KEY_FORM, form, sizeof(form));
	capture_meta_value(t, CAPTURE_KEY_WITHOUT, without, sizeof(without));
	return *without || strstr(form, capture_form_name(CAPTURE_GRAPH));
}
