/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/kernel.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct switch_info kernel_switches[SWITCH_COUNT] = {
#define X(name_, values_, where_, moot_, text_)						\
	[SWITCH_##name_] = { .name = #name_, .values = values_, .where = where_,	\
			     .moot = moot_, .text = text_ },
	SWITCHES(X)
#undef X
};

static uint8_t *switch_field(struct kernel *k, enum kernel_switch s)
{
	/* struct kernel is one byte a switch, in the order of the list */
	_Static_assert(sizeof(struct kernel) == SWITCH_COUNT, "a switch is a byte");
	return (uint8_t *)k + s;
}

/* Its switches are filled in by presets_make(). */
#define PRESET(...) { __VA_ARGS__, { 0 } }

static struct preset presets[] = {
	PRESET("v6.1.0", NULL,
	  "refcount=on load=nonexclusive erase=found load_put=linked decompress=bug "
	  "pin=none wait=tick unpin=all relax=sleep bypass=on recheck=off cleanup=off "
	  "unlink=last shrinker=zpool walk=retry second_chance=off tree=locked "
	  "eexist=wait charge=pinned readahead_ref=each invalidate=drain free=parked "
	  "batch=off inuse=early avail=early device_ref=off alloc_check=on "
	  "unstable=copied unreadable=marker unuse_bits=ignored unuse_match=off ttrs=folio "
	  "dup=erase-first store_off=erase zeromap=off zero_store=keep read_drop=off "
	  "move=absent move_dirty=off shmem=cache match=on drain_lock=on load_dirty=on "
	  "free_writeback=on fork_exclusive=on off_lock=on swp_copy=on publish=complete "
	  "remove_dirty=on freeze=on pte_recheck=on cow_recheck=on unuse_recheck=on "
	  "count_check=on free_count=on uptodate=on fault_ref=on",
	  "frontswap, zpool's LRU, no pin and no re-check"),
	PRESET("v6.1.y", "v6.1.0", "recheck=on cleanup=on pin=has_cache avail=locked "
	  "device_ref=on",
	  "the stable series of v6.1, from 6.1.84 on"),
	PRESET("v6.5", "v6.1.0", "recheck=on shrinker=isolate avail=locked",
	  "zswap's own LRU, writeback re-checks; exclusive loads are a parameter, off"),
	PRESET("v6.7", "v6.5", "store_off=keep",
	  "frontswap is gone, and with it that a store always drops the old entry first"),
	PRESET("v6.8", "v6.7", "pin=has_cache cleanup=on eexist=skip store_off=erase move=blind "
	  "unstable=walked",
	  "the bypass holds SWAP_HAS_CACHE; entries still counted; UFFDIO_MOVE"),
	PRESET("v6.9-rc1", "v6.8", "refcount=off load=exclusive unlink=first dup=replace "
	  "invalidate=free shrinker=rotate inuse=late device_ref=on",
	  "no count, every load exclusive: the data loss"),
	PRESET("v6.9", "v6.9-rc1", "load=if-cached",
	  "no count; a load outside the swap cache leaves the entry (25cd241408a2)"),
	PRESET("v6.12", "v6.9", "tree=xarray second_chance=on wait=wakeup zeromap=on batch=on "
	  "ttrs=device",
	  "xarray and second chance; a fault that waits for the pin is woken"),
	PRESET("v6.17", "v6.12", "free=at-once shmem=bypass erase=decompressed unlink=decompressed "
	  "decompress=eio move=checked move_dirty=on readahead_ref=target ttrs=offset",
	  "slot caches are gone, a dead slot is free at once; shmem bypasses the swap cache"),
	PRESET("v6.18", "v6.17", "readahead_ref=each ttrs=entry unstable=skipped unuse_match=on",
	  "the swap table: swap cache and map under one lock, SWAP_HAS_CACHE still there"),
	PRESET("v7.0", "v6.18", "pin=folio bypass=off shmem=cache charge=cached",
	  "no SWAP_HAS_CACHE: a locked folio in the swap table is the pin"),
	PRESET("v7.3", "v7.0", "load=asserted",
	  "zswap_load() asserts that the folio is in the swap cache"),
	PRESET("debate-a", "v6.9", "pin=none",
	  "v6.9 without the pin: neither a count nor SWAP_HAS_CACHE"),
	PRESET("debate-b", "v6.9", "pin=none refcount=on", "v6.9 with a count instead of the pin"),
	PRESET("debate-c", "v6.9", "",
	  "the pin and no count: v6.9 by the name it has in the debate"),
};

#define PRESETS (sizeof(presets) / sizeof(presets[0]))

/* Set every switch of "a=b c=d".  These texts are ours; a wrong one stops the program. */
static void apply(struct kernel *k, const char *changes)
{
	char word[64];

	while (*changes) {
		size_t n = strcspn(changes, " ");

		assert(n < sizeof(word));
		memcpy(word, changes, n);
		word[n] = '\0';
		if (kernel_set(k, word))
			assert(!"a preset sets a switch that there is not");
		changes += n + strspn(changes + n, " ");
	}
}

/* Runs before main(), so that the presets are constant afterwards. */
__attribute__((constructor)) static void presets_make(void)
{
	for (size_t i = 0; i < PRESETS; i++) {
		if (presets[i].base)
			presets[i].kernel = kernel_find(presets[i].base)->kernel;
		apply(&presets[i].kernel, presets[i].changes);
	}
}

const struct preset *kernel_presets(size_t *n)
{
	*n = PRESETS;
	return presets;
}

const struct preset *kernel_find(const char *name)
{
	for (size_t i = 0; i < PRESETS; i++)
		if (!strcmp(presets[i].name, name))
			return &presets[i];
	return NULL;
}

/* ---- releases ---- */

static const struct release releases[] = {
	{ 6, 1, 0, "v6.1.0", "" },
	{ 6, 1, 24, "v6.1.0", "avail=locked" },
	{ 6, 1, 30, "v6.1.0", "avail=locked recheck=on" },
	{ 6, 1, 80, "v6.1.0", "avail=locked recheck=on cleanup=on pin=has_cache" },
	{ 6, 1, 84, "v6.1.y", "" },
	{ 6, 2, 0, "v6.1.0", "" },
	{ 6, 2, 11, "v6.1.0", "avail=locked" },
	{ 6, 3, 0, "v6.1.0", "avail=locked" },
	{ 6, 3, 4, "v6.1.0", "avail=locked recheck=on" },
	{ 6, 4, 0, "v6.1.0", "avail=locked recheck=on" },
	{ 6, 5, 0, "v6.5", "" },
	{ 6, 6, 0, "v6.7", "" },
	{ 6, 6, 19, "v6.7", "pin=has_cache cleanup=on store_off=erase" },
	{ 6, 6, 24, "v6.7", "pin=has_cache cleanup=on store_off=erase device_ref=on" },
	{ 6, 7, 0, "v6.7", "" },
	{ 6, 7, 7, "v6.7", "pin=has_cache cleanup=on store_off=erase" },
	{ 6, 7, 12, "v6.7", "pin=has_cache cleanup=on store_off=erase device_ref=on" },
	{ 6, 8, 0, "v6.8", "" },
	{ 6, 8, 3, "v6.8", "device_ref=on" },
	{ 6, 9, 0, "v6.9", "" },
	{ 6, 10, 0, "v6.9", "tree=xarray batch=on" },
	{ 6, 11, 0, "v6.9", "tree=xarray batch=on" },
	{ 6, 12, 0, "v6.12", "" },
	{ 6, 12, 20, "v6.12", "move=rmap" },
	{ 6, 12, 30, "v6.12", "move=rmap move_dirty=on" },
	{ 6, 12, 37, "v6.12", "move=checked move_dirty=on" },
	{ 6, 12, 51, "v6.12", "move=checked move_dirty=on unstable=skipped" },
	{ 6, 13, 0, "v6.12", "" },
	{ 6, 14, 0, "v6.12", "free=at-once shmem=bypass move=rmap" },
	{ 6, 14, 8, "v6.12", "free=at-once shmem=bypass move=rmap move_dirty=on" },
	{ 6, 15, 0, "v6.17", "move=rmap" },
	{ 6, 16, 0, "v6.17", "" },
	{ 6, 16, 11, "v6.17", "unstable=skipped" },
	{ 6, 17, 0, "v6.17", "" },
	{ 6, 17, 1, "v6.17", "unstable=skipped" },
	{ 6, 17, 9, "v6.18", "ttrs=offset unuse_match=off" },
	{ 6, 18, 0, "v6.18", "" },
	{ 6, 18, 39, "v6.18", "shmem=bypass-wait" },
	{ 6, 19, 0, "v6.18", "" },
	{ 7, 0, 0, "v7.0", "" },
	{ 7, 1, 0, "v7.0", "charge=before" },
	{ 7, 2, 0, "v7.3", "" },
	{ 7, 3, 0, "v7.3", "" },
};

#define RELEASES (sizeof(releases) / sizeof(releases[0]))

const struct release *kernel_releases(size_t *n)
{
	*n = RELEASES;
	return releases;
}

int kernel_of_release(struct kernel *k, unsigned major, unsigned minor, unsigned patch)
{
	const struct release *found = NULL;

	for (size_t i = 0; i < RELEASES; i++)
		if (releases[i].major == major && releases[i].minor == minor &&
		    releases[i].patch <= patch)
			found = &releases[i];
	if (!found)
		return -ENOENT;
	*k = kernel_find(found->preset)->kernel;
	apply(k, found->changes);
	return 0;
}

unsigned kernel_get(const struct kernel *k, enum kernel_switch s)
{
	struct kernel copy = *k;

	return *switch_field(&copy, s);
}

void kernel_put(struct kernel *k, enum kernel_switch s, unsigned value)
{
	*switch_field(k, s) = (uint8_t)value;
}

const char *switch_value(enum kernel_switch s, unsigned v, char *buf, size_t size)
{
	const char *p = kernel_switches[s].values;
	size_t n;

	while (v-- && (p = strchr(p, '|')))
		p++;
	n = p ? strcspn(p, "|") : 0;
	if (n >= size)
		n = size - 1;
	if (n)
		memcpy(buf, p, n);
	buf[n] = '\0';
	return buf;
}

enum kernel_switch kernel_switch_named(const char *assignment)
{
	size_t n = strcspn(assignment, "=");
	enum kernel_switch s = 0;

	while (s < SWITCH_COUNT && (strlen(kernel_switches[s].name) != n ||
				    strncmp(kernel_switches[s].name, assignment, n)))
		s++;
	return s;
}

int kernel_set(struct kernel *k, const char *assignment)
{
	enum kernel_switch s = kernel_switch_named(assignment);
	const char *wanted = strchr(assignment, '=');
	char value[32];

	if (s == SWITCH_COUNT)
		return -ENOENT;
	for (unsigned v = 0; wanted && switch_value(s, v, value, sizeof(value))[0]; v++) {
		if (strcmp(value, wanted + 1))
			continue;
		kernel_put(k, s, v);
		return 0;
	}
	return -EINVAL;
}

/* "a=b and c=d": does it hold in `k`? */
static bool condition_holds(const struct kernel *k, const char *text)
{
	for (const char *end = text + strlen(text); text < end; text += strcspn(text, " ") + 1) {
		struct kernel other = *k;
		char word[32];

		if (!strncmp(text, "and ", 4))
			continue;
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(text, " "), text);
		if (kernel_set(&other, word))
			assert(!"a condition names a switch that there is not");
		if (memcmp(&other, k, sizeof(other)))
			return false;
	}
	return true;
}

bool kernel_moot(const struct kernel *k, enum kernel_switch s, char *buf, size_t size)
{
	const char *text = kernel_switches[s].moot;

	while (text && *text) {
		const char *next = strstr(text, ", or ");

		snprintf(buf, size, "%.*s", next ? (int)(next - text) : -1, text);
		if (condition_holds(k, buf))
			return true;
		text = next ? next + strlen(", or ") : NULL;
	}
	return false;
}
