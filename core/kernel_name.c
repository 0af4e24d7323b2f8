/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel_name.c - which kernel a name means: of a preset, of a release, of what a machine runs.
 *
 * A name is taken for a release only where that follows from it.  "6.1.0-56-amd64" is Debian's
 * name of a kernel that is 6.1.192: a number behind x.y.0 is a distribution's, and its rules are
 * anybody's guess.  So are those of a release candidate, which has a part of the next release's.
 */
#include "core/kernel.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "v6.12.117+deb13-amd64" */
struct said {
	unsigned v[3];
	bool series;		/* "6.6.y" */
	const char *rest;	/* "+deb13-amd64" */
};

/* At most four digits; they are passed over. */
static bool take_number(const char **at, unsigned *v)
{
	size_t n = strspn(*at, "0123456789");

	if (!n || n > 4)
		return false;
	*v = (unsigned)strtoul(*at, NULL, 10);
	*at += n;
	return true;
}

/* Is it the name of a release, with or without what a builder puts behind it? */
static bool parse(const char *name, struct said *s)
{
	static const char linux_[] = "linux-";
	const char *at = name;

	*s = (struct said){ 0 };
	if (!strncmp(at, linux_, strlen(linux_)))
		at += strlen(linux_);
	at += *at == 'v';
	if (!take_number(&at, &s->v[0]) || *at++ != '.' || !take_number(&at, &s->v[1]))
		return false;
	s->series = !strcmp(at, ".y") || !strcmp(at, ".x");
	if (s->series)
		return true;
	if (*at == '.' && (at++, !take_number(&at, &s->v[2])))
		return false;
	while (*at == '.' && isdigit((unsigned char)at[1]))	/* "5.15.153.1-microsoft" */
		at += 1 + strspn(at + 1, "0123456789");
	s->rest = at;
	for (; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("-+._~", *at))
			return false;
	return !*s->rest || (strchr("-+_~", *s->rest) && s->rest[1]) || !strcmp(s->rest, "+");
}

/* 3 of "-rc3", Fedora's "-0.rc3.20241015git", Ubuntu's "-060900rc3-generic"; else 0. */
static int candidate(const char *rest)
{
	for (const char *rc = rest; (rc = strstr(rc, "rc")); rc++)
		if (rc > rest && !isalpha((unsigned char)rc[-1]))	/* "-arch1-1" */
			return atoi(rc + 2);
	return 0;
}

/* Is the number behind x.y.0 one that hides which release it is? */
static bool is_distributions(const struct said *s)
{
	size_t digits = *s->rest ? strspn(s->rest + 1, "0123456789") : 0;

	/* Ubuntu's builds of releases are 6.9.0-060900-generic; Fedora counts its own builds */
	return !s->v[2] && digits && !(s->rest[1] == '0' && digits == 6) &&
	       !strstr(s->rest, ".fc");
}

bool kernel_hides_release(const char *name)
{
	struct said s;

	return parse(name, &s) && !s.series && is_distributions(&s);
}

/* ---- why not ---- */

static void add(char *text, size_t size, const char *between, const struct release *r)
{
	size_t n = strlen(text);

	snprintf(text + n, size - n, "%sv%u.%u", between, r->major, r->minor);
}

/* "v6.1 to v6.19 and v7.0 to v7.3", behind what is in `text`. */
static void add_range(char *text, size_t size)
{
	const struct release *r;
	size_t n;

	r = kernel_releases(&n);
	for (size_t i = 0; i < n; i++) {
		if (!i || r[i].major != r[i - 1].major)
			add(text, size, i ? " and " : " ", &r[i]);
		if (i + 1 == n || r[i].major != r[i + 1].major)
			add(text, size, " to ", &r[i]);
	}
}

static void no_series(const struct said *s, char *text, size_t size)
{
	const struct release *r, *before = NULL, *after = NULL;
	size_t n;

	r = kernel_releases(&n);
	for (size_t i = 0; i < n && !after; i++) {
		if (r[i].major > s->v[0] || (r[i].major == s->v[0] && r[i].minor > s->v[1]))
			after = &r[i];
		else
			before = &r[i];
	}
	if (before && after) {
		*text = '\0';
		add(text, size, "", before);
		add(text, size, " was followed by ", after);
		return;
	}
	snprintf(text, size, "it is %s than the model, which has", before ? "newer" : "older");
	add_range(text, size);
}

static void no_name(char *text, size_t size)
{
	const struct preset *p;
	struct said s;
	size_t presets;

	snprintf(text, size, "there are");
	add_range(text, size);
	p = kernel_presets(&presets);
	for (size_t i = 0; i < presets; i++) {
		size_t n = strlen(text);

		if (!parse(p[i].name, &s) || s.series || *s.rest)
			snprintf(text + n, size - n, ", %s", p[i].name);
	}
}

/* ---- the name ---- */

/* The newest release of a series, or of all. */
static const struct release *newest(const struct said *s)
{
	const struct release *r, *found = NULL;
	size_t n;

	r = kernel_releases(&n);
	for (size_t i = 0; i < n; i++)
		if (!s || (r[i].major == s->v[0] && r[i].minor == s->v[1]))
			found = &r[i];
	return found;
}

static int take_preset(struct kernel *k, const char *name)
{
	const struct preset *p = kernel_find(name);

	if (p)
		*k = p->kernel;
	return p ? 0 : -ENOENT;
}

static int take_release(struct kernel *k, unsigned major, unsigned minor, unsigned patch,
			char *text, size_t size)
{
	snprintf(text, size, "v%u.%u%s%.0u", major, minor, patch ? "." : "", patch);
	return kernel_of_release(k, major, minor, patch);
}

static int name_release(struct kernel *k, const char *name, const struct said *s, char *text,
			size_t size)
{
	const struct release *r = newest(s);

	if (!r) {
		no_series(s, text, size);
		return -ERANGE;
	}
	snprintf(text, size, s->series ? "v%u.%u.y" : "v%u.%u-rc%d", s->v[0], s->v[1],
		 s->series ? 0 : candidate(s->rest));
	if (!take_preset(k, text))
		return 0;
	if (s->series)
		return take_release(k, r->major, r->minor, r->patch, text, size);
	if (candidate(s->rest)) {
		snprintf(text, size, "the rules of a release candidate are no release's; name the "
			 "one whose it is to have, like v%u.%u", r->major, r->minor);
		return -ERANGE;
	}
	if (is_distributions(s)) {
		snprintf(text, size, "its number is a distribution's or a builder's, and not "
			 "release %u.%u.0; 'uname -v' on Debian and /proc/version_signature on "
			 "Ubuntu say which it is", s->v[0], s->v[1]);
		return -ERANGE;
	}
	take_release(k, s->v[0], s->v[1], s->v[2], text, size);
	if (!*s->rest)
		snprintf(text, size, "%s", name);
	return 0;
}

int kernel_named(struct kernel *k, const char *name, char *text, size_t size)
{
	static const char *const moving[] = { "mainline", "master", "next", "linux-next" };
	const struct release *last = newest(NULL);
	char own[KERNEL_SAID_MAX];
	struct said s;

	if (!text || !size) {
		text = own;
		size = sizeof(own);
	}
	if (!take_preset(k, name)) {
		snprintf(text, size, "%s", name);
		return 0;
	}
	for (size_t i = 0; i < sizeof(moving) / sizeof(moving[0]); i++)
		if (!strcmp(name, moving[i]))
			return take_release(k, last->major, last->minor, last->patch, text, size);
	if (parse(name, &s))
		return name_release(k, name, &s, text, size);
	no_name(text, size);
	return -ENOENT;
}
