/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known of functions: their names in all kernels, and what their values mean.
 */
#include <stdlib.h>
#include <string.h>

#include "traces/capture/parse.h"

static const struct {
	const char *name, *aliases;
	enum capture_trust trust;
} functions[FN_COUNT] = {
	[FN_UNKNOWN] = { "", "", TRUST_WEAK },
#define X(name_, aliases_, trust_) [FN_##name_] = { #name_, aliases_, trust_ },
	CAPTURE_FUNCTIONS(X)
#undef X
};

const char *capture_function_name(enum capture_function f)
{
	return f < FN_COUNT ? functions[f].name : "";
}

enum capture_trust capture_function_trust(enum capture_function f)
{
	return f < FN_COUNT ? functions[f].trust : TRUST_WEAK;
}

const char *capture_side_name(unsigned side)
{
	static const char *const name[] = {
		[SIDE_ENTER] = "enter", [SIDE_RETURN] = "return", [SIDE_MARK] = "mark",
		[SIDE_SYSCALL] = "syscall", [SIDE_SYSCALL_RETURN] = "syscall-return",
		[SIDE_OTHER] = "other",
	};

	return side <= SIDE_OTHER ? name[side] : "";
}

static bool is_word(const char *word, size_t length, const char *symbol, size_t n)
{
	return length == n && !memcmp(word, symbol, n);
}

/* Compilers append ".isra.0", ".constprop.0", ".part.0", ".llvm.123": still the function. */
static size_t bare_length(const char *symbol, size_t n)
{
	static const char cold[] = ".cold";
	const char *dot = memchr(symbol, '.', n);
	size_t bare = dot ? (size_t)(dot - symbol) : n;

	for (size_t i = bare; i + sizeof(cold) - 1 <= n; i++)
		if (!memcmp(symbol + i, cold, sizeof(cold) - 1))
			return 0;
	return bare;
}

enum capture_function capture_function_named(const char *symbol, size_t length, unsigned *variant)
{
	size_t n = bare_length(symbol, length);

	if (variant)
		*variant = 0;
	for (unsigned f = 1; n && f < FN_COUNT; f++) {
		const char *word = functions[f].aliases;

		if (is_word(functions[f].name, strlen(functions[f].name), symbol, n))
			return (enum capture_function)f;
		for (unsigned v = 1; *word; v++) {
			size_t w = strcspn(word, " ");

			if (is_word(word, w, symbol, n)) {
				if (variant)
					*variant = v;
				return (enum capture_function)f;
			}
			word += w + strspn(word + w, " ");
		}
	}
	return FN_UNKNOWN;
}

struct span capture_symbol(unsigned function, unsigned variant)
{
	const char *word = function < FN_COUNT ? functions[function].name : "";

	if (variant && function < FN_COUNT)
		word = functions[function].aliases;
	for (unsigned v = 1; v < variant; v++) {
		word += strcspn(word, " ");
		word += strspn(word, " ");
	}
	return (struct span){ word, strcspn(word, " ") };
}

const char *capture_form_name(enum capture_form form)
{
	static const char *const name[] = {
		[CAPTURE_FTRACE] = "ftrace", [CAPTURE_GRAPH] = "function_graph",
		[CAPTURE_PERF] = "perf script", [CAPTURE_BPFTRACE] = "bpftrace",
	};

	return form < CAPTURE_FORMS ? name[form] : "";
}

/* ---- values ---- */

#define PTE_PRESENT	(UINT64_C(1) << 0)
#define PTE_PROTNONE	(UINT64_C(1) << 8)
#define PTE_OFFSET_BITS	50	/* after the type: what is below are flags */
#define OFFSET_MAX	(UINT64_C(1) << 40)	/* 4 PiB of swap */

bool capture_pte_entry(uint64_t pte, uint64_t *entry)
{
	uint64_t type = pte >> 59, offset = (~pte << 5) >> (64 - PTE_OFFSET_BITS);

	if (!pte || pte & (PTE_PRESENT | PTE_PROTNONE) || type >= CAPTURE_SWAP_TYPES ||
	    !offset || offset >= OFFSET_MAX)
		return false;
	*entry = type << 58 | offset;
	return true;
}

/* "Linux version 6.18.3-x ..", "6.18.3" */
bool capture_since(const struct capture_info *info, unsigned major, unsigned minor)
{
	const char *at = info->release + strcspn(info->release, "0123456789");
	char *end;
	unsigned long a = strtoul(at, &end, 10), b = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;

	return a > major || (a == major && b >= minor);
}

int capture_ok(const struct capture_info *info, const struct capture_event *e)
{
	bool is_errno = e->variant;	/* zswap_frontswap_store() and _load() */

	if (e->side != SIDE_RETURN || !(e->mask & HAS_RET) ||
	    (e->function != FN_zswap_store && e->function != FN_zswap_load))
		return -1;
	if (e->function == FN_zswap_load && !e->variant && info && *info->release)
		is_errno = capture_since(info, 6, 15);
	return is_errno || e->ret < 0 ? e->ret == 0 : e->ret & 0xff ? 1 : 0;
}
