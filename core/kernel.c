/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/kernel.h"

#include <errno.h>
#include <string.h>

const struct switch_info kernel_switches[SWITCH_COUNT] = {
#define X(name_, values_, where_, text_) \
	[SWITCH_##name_] = { .name = #name_, .values = values_, .where = where_, .text = text_ },
	SWITCHES(X)
#undef X
};

/* Switches in which the presets of one era agree; each preset says the rest. */
#define TO_V6_8		.bypass = ON, .unlink = UNLINK_LAST, .dup = DUP_ERASE_FIRST,	\
			.invalidate = INVALIDATE_DRAIN, .refcount = ON,			\
			.load = LOAD_NONEXCLUSIVE
#define FROM_V6_9	.bypass = ON, .unlink = UNLINK_FIRST, .dup = DUP_REPLACE,	\
			.invalidate = INVALIDATE_FREE, .recheck = ON, .cleanup = ON,	\
			.eexist = EEXIST_SKIP, .shrinker = SHRINKER_ROTATE

static const struct preset presets[] = {
	{ "v6.1", "frontswap, zpool's LRU, no pin and no re-check", {
		TO_V6_8, .pin = PIN_NONE, .recheck = OFF, .cleanup = OFF,
		.eexist = EEXIST_WAIT, .shrinker = SHRINKER_ZPOOL } },
	{ "v6.5", "zswap's own LRU, writeback re-checks; exclusive loads are a parameter, off", {
		TO_V6_8, .pin = PIN_NONE, .recheck = ON, .cleanup = OFF,
		.eexist = EEXIST_WAIT, .shrinker = SHRINKER_ISOLATE } },
	{ "v6.8", "the bypass holds SWAP_HAS_CACHE; entries still counted", {
		TO_V6_8, .pin = PIN_HAS_CACHE, .recheck = ON, .cleanup = ON,
		.eexist = EEXIST_SKIP, .shrinker = SHRINKER_ISOLATE } },
	{ "v6.9-rc1", "no count, every load exclusive: the data loss", {
		FROM_V6_9, .pin = PIN_HAS_CACHE, .refcount = OFF, .load = LOAD_EXCLUSIVE } },
	{ "v6.9", "no count; a load outside the swap cache leaves the entry (25cd241408a2)", {
		FROM_V6_9, .pin = PIN_HAS_CACHE, .refcount = OFF, .load = LOAD_IF_CACHED } },
	{ "debate-a", "v6.9 without the pin: neither a count nor SWAP_HAS_CACHE", {
		FROM_V6_9, .pin = PIN_NONE, .refcount = OFF, .load = LOAD_IF_CACHED } },
	{ "debate-b", "v6.9 with a count instead of the pin", {
		FROM_V6_9, .pin = PIN_NONE, .refcount = ON, .load = LOAD_IF_CACHED } },
	{ "debate-c", "the pin and no count: v6.9 by the name it has in the debate", {
		FROM_V6_9, .pin = PIN_HAS_CACHE, .refcount = OFF, .load = LOAD_IF_CACHED } },
};

const struct preset *kernel_presets(size_t *n)
{
	*n = sizeof(presets) / sizeof(presets[0]);
	return presets;
}

const struct preset *kernel_find(const char *name)
{
	for (size_t i = 0; i < sizeof(presets) / sizeof(presets[0]); i++)
		if (!strcmp(presets[i].name, name))
			return &presets[i];
	return NULL;
}

static uint8_t *switch_field(struct kernel *k, enum kernel_switch s)
{
	/* struct kernel is one byte a switch, in the order of the list */
	_Static_assert(sizeof(struct kernel) == SWITCH_COUNT, "a switch is a byte");
	return (uint8_t *)k + s;
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
