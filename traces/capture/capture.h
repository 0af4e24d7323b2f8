/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture.h - captures of real kernels (ftrace's text and other forms, trace.dat) as events.
 *
 *	capture_check()			is it one?  Before anything is made or replaced for it
 *	rows_begin()			a run whose source is "capture"
 *	capture_meta_write()		what its sidecar says (meta.h)
 *	capture_import()		its lines and events, committed
 *	rows_event(), capture_link() ..	if there is one, the run of the model that explains it
 *	rows_end()
 *	story_write_ .. ()		what its events come to (story_rows.h)
 *
 * A capture is read once: every line goes into the file as it is, and what is understood of it
 * beside it as an event of plain integers.  Everybody else reads events from the file, by
 * capture_scan(), of one swap slot or of all.  Stories are made in a second reading, from the file,
 * because an event means something else when a probe is missing, and that is known at the end.
 *
 * Which function an event is of is told by its parentheses, "(caller+0x1/0x2 <- zswap_load)", and
 * not by what the probe is called; what a value means is told by its key, "ent=0x313".
 *
 * Calls are paired by a stack a thread; an idle thread is one a CPU.  A call that is still open
 * when the one around it returns had no return in the capture, and where the kernel says that it
 * lost events of a CPU, calls of the threads that ran there are not paired across that.  An event
 * waits for the return of its call until a thousand came after it, so that most rows are written
 * once.
 *
 * Nothing of a capture is believed.  What unpacks the file is a process of its own with little
 * memory, and may crash without harm (input.h); a line is kept whether it is understood or not;
 * memory depends on the number of threads, slots and probes, which have bounds, and not on the
 * length.  Read back, it is a file like any other, and checked as one (read/read.h).
 *
 * An import that is killed leaves the lines and events that were committed.  What is counted in
 * table `capture` is NULL then, and capture_info.finished false.
 */
#ifndef SWAPSCOPE_TRACES_CAPTURE_CAPTURE_H
#define SWAPSCOPE_TRACES_CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default)

struct trace;
struct trace_writer;

#define CAPTURE_LINE_MAX	65536	/* bytes of a line that are kept */
#define CAPTURE_SLOTS_MAX	(1u << 20)	/* of a capture */
#define CAPTURE_THREADS_MAX	65536
#define CAPTURE_PROBES_MAX	4096
#define CAPTURE_SWAP_TYPES	23	/* types of swap entries from that on are no slots */

/* What `why` of a line begins with that comes after events which the form's own numbers miss. */
#define CAPTURE_LOST	"lost: "

/* The entry of a probe's line: can it be relied on? */
enum capture_trust {
	TRUST_ARGUMENT,		/* the function was given it, or returned it */
	TRUST_WEAK,		/* read through a pointer that may lead to something else now: */
				/* folio_free_swap() of a folio that has no slot */
};

/*
 * X(function, its other names and those in other kernels, how far `entry` can be trusted).  A
 * name that is not here makes an event of FN_UNKNOWN.  New ones go to the end: the seeds of
 * tests/fuzz have the numbers.
 */
#define CAPTURE_FUNCTIONS(X)								\
	X(do_swap_page, "", TRUST_ARGUMENT)						\
	X(folio_alloc_swap, "get_swap_page", TRUST_ARGUMENT)				\
	X(swap_duplicate, "", TRUST_ARGUMENT)						\
	X(__swap_duplicate, "swap_dup_entry_direct", TRUST_ARGUMENT)	\
	X(swapcache_prepare, "", TRUST_ARGUMENT)					\
	X(swapcache_clear, "", TRUST_ARGUMENT)						\
	X(swap_free, "", TRUST_ARGUMENT)						\
	X(swap_free_nr, "", TRUST_ARGUMENT)						\
	X(__swap_entry_free, "", TRUST_ARGUMENT)					\
	X(__swap_entry_free_locked, "swap_entry_put_locked", TRUST_ARGUMENT)		\
	X(swap_entry_free, "", TRUST_ARGUMENT)						\
	X(put_swap_folio, "put_swap_page", TRUST_ARGUMENT)				\
	X(free_swap_slot, "", TRUST_ARGUMENT)						\
	X(swapcache_free_entries, "", TRUST_WEAK)					\
	X(swap_range_free, "", TRUST_ARGUMENT)						\
	X(swap_entry_range_free, "swap_entries_free __swap_cluster_free_entries",	\
	  TRUST_ARGUMENT)								\
	X(free_swap_and_cache, "", TRUST_ARGUMENT)					\
	X(free_swap_and_cache_nr, "swap_put_entries_direct", TRUST_ARGUMENT)		\
	X(__try_to_reclaim_swap, "", TRUST_ARGUMENT)					\
	X(__read_swap_cache_async, "", TRUST_ARGUMENT)					\
	X(swap_cache_alloc_folio, "", TRUST_ARGUMENT)					\
	X(swapin_folio, "swapin_sync", TRUST_ARGUMENT)					\
	X(add_to_swap_cache, "__swap_cache_add_folio", TRUST_ARGUMENT)			\
	X(swap_cache_add_folio, "", TRUST_ARGUMENT)					\
	X(__delete_from_swap_cache, "__swap_cache_del_folio", TRUST_ARGUMENT)		\
	X(delete_from_swap_cache, "swap_cache_del_folio", TRUST_WEAK)			\
	X(swap_cache_get_folio, "lookup_swap_cache", TRUST_ARGUMENT)			\
	X(folio_free_swap, "try_to_free_swap", TRUST_WEAK)				\
	X(folio_dup_swap, "", TRUST_WEAK)						\
	X(folio_put_swap, "", TRUST_WEAK)						\
	X(swap_read_folio, "swap_readpage", TRUST_ARGUMENT)				\
	X(swap_read_folio_bdev_sync, "", TRUST_ARGUMENT)				\
	X(swap_writepage, "swap_writeout", TRUST_ARGUMENT)				\
	X(__swap_writepage, "", TRUST_ARGUMENT)						\
	X(end_swap_bio_write, "", TRUST_WEAK)						\
	X(end_swap_bio_read, "", TRUST_WEAK)						\
	X(zswap_store, "zswap_frontswap_store", TRUST_ARGUMENT)				\
	X(zswap_load, "zswap_frontswap_load", TRUST_ARGUMENT)				\
	X(zswap_invalidate, "zswap_frontswap_invalidate_page", TRUST_ARGUMENT)		\
	X(zswap_invalidate_area, "zswap_frontswap_invalidate_area", TRUST_WEAK)		\
	X(zswap_invalidate_entry, "", TRUST_ARGUMENT)					\
	X(zswap_entry_free, "zswap_free_entry", TRUST_ARGUMENT)				\
	X(zswap_entry_put, "", TRUST_ARGUMENT)						\
	X(zswap_writeback_entry, "", TRUST_WEAK)					\
	X(shrink_memcg_cb, "", TRUST_ARGUMENT)						\
	X(shrink_worker, "", TRUST_ARGUMENT)						\
	X(zram_slot_free_notify, "", TRUST_WEAK)					\
	X(unuse_pte_range, "", TRUST_ARGUMENT)						\
	X(try_to_unuse, "", TRUST_ARGUMENT)						\
	X(swap_entries_put_map, "", TRUST_ARGUMENT)					\
	X(swap_entries_put_cache, "", TRUST_ARGUMENT)

enum capture_function {
	FN_UNKNOWN,
#define X(name, aliases, trust) FN_##name,
	CAPTURE_FUNCTIONS(X)
#undef X
	FN_COUNT
};

/*
 * The function of a symbol ("zswap_load", "__swap_duplicate.isra.0"); *variant (may be NULL) gets
 * 0, or which of its other names it is, 1 ...  A part that is moved out of line (.cold) is unknown.
 */
enum capture_function capture_function_named(const char *symbol, size_t length, unsigned *variant);

const char *capture_function_name(enum capture_function f);	/* "zswap_load"; "" */
enum capture_trust capture_function_trust(enum capture_function f);

enum capture_side {
	SIDE_ENTER, SIDE_RETURN,	/* of a function */
	SIDE_MARK,			/* tracing_mark_write: what the workload said */
	SIDE_SYSCALL, SIDE_SYSCALL_RETURN,
	SIDE_OTHER,			/* of any other event, and a probe inside a function */
};

const char *capture_side_name(unsigned side);	/* as the file has it, "enter"; "" */

/* What a line had: the other fields of an event are 0. */
enum {
	HAS_FOLIO = 1 << 0, HAS_ENTRY = 1 << 1, HAS_PTE = 1 << 2, HAS_ADDR = 1 << 3,
	HAS_RET = 1 << 4, HAS_USAGE = 1 << 5, HAS_LEFT = 1 << 6, HAS_NR = 1 << 7,
	HAS_FLAGS = 1 << 8,
};

struct capture_event {
	uint64_t id;		/* 1 .. in the order of the capture; other lines have none */
	uint64_t line;		/* of the capture, 1 .. */
	uint64_t stamp;		/* of the clock: a counter, or ns (capture_info.counter) */
	uint64_t call;		/* the other side: of an ENTER the id of its RETURN, of a */
				/* RETURN that of its ENTER; 0: the capture has none */
	uint64_t folio, pte, addr;
	uint64_t entry;		/* type << 58 | offset, as read: see capture_function_trust() */
	int64_t ret;		/* RETURN: as the kernel gave it; capture_ok() says what it means */
	uint32_t thread;	/* 0 .. */
	uint32_t slot;		/* that it is about, 1 ..; 0: none, or not known.  A RETURN has */
				/* its ENTER's, a fault its pte's or that of its first lookup */
	uint32_t probe;		/* 1 ..: capture_probes() */
	uint32_t mask;		/* HAS_* */
	uint32_t usage, nr;
	uint32_t left;		/* RETURN of __swap_entry_free() and _locked(): what remains */
	uint32_t flags;		/* FAULT_FLAG_* of a fault, else the folio's lower flags */
	uint16_t cpu, function, side;
	uint16_t irq;		/* not 0 in interrupt context: 1 hard, 2 soft */
	uint8_t variant;	/* which name the function has: capture_function_named() */
	const char *text;	/* MARK: the mark; else the line from the event's name on.  The */
				/* callee's until it returns, fit to be shown */
};

static inline unsigned swap_type(uint64_t entry)
{
	return (unsigned)(entry >> 58);
}

static inline uint64_t swap_offset(uint64_t entry)
{
	return entry & ((UINT64_C(1) << 58) - 1);
}

/*
 * The swap entry in a pte of x86-64, whose offset is stored inverted; false where the pte is
 * present, none, or not of that form.  (Of arm64 it may be either: the kernel has to be known.)
 */
bool capture_pte_entry(uint64_t pte, uint64_t *entry);

/* ---- marks of the workload ---- */

enum capture_mark_kind {
	MARK_UNKNOWN, MARK_START, MARK_END, MARK_MAP, MARK_READ, MARK_READ_END, MARK_WRITE,
	MARK_WRITE_END, MARK_PAGEOUT, MARK_PAGEOUT_END, MARK_FORK, MARK_DONTNEED, MARK_MUNMAP,
	MARK_SWAPOFF, MARK_UFFD_WP, MARK_UFFD_MOVE, MARK_CORRUPT, MARK_PHASE,
};

struct capture_mark {
	enum capture_mark_kind kind;
	bool has_page, has_addr, has_version, has_ok;
	uint64_t page;		/* pg=: index in the workload's mapping */
	uint64_t addr;		/* addr= */
	uint64_t version;	/* ver=: expected, or read */
	uint64_t pages;		/* n=, pages=: how many; 1 where it is not said */
	uint64_t base;		/* MAP: base= */
	uint64_t want, got;	/* CORRUPT */
	uint64_t thread;	/* t=: the workload's own number of the thread */
	bool ok;
};

/* "WL read t=1 pg=54 addr=7f756fb93000 ver=1 ns=5148767225".  False: it is no such mark. */
bool capture_mark(const char *text, struct capture_mark *m);

/* ---- what is said of a capture ---- */

#define CAPTURE_TEXT_MAX	256

/* What the lines of a capture can be of (docs/capture.md). */
enum capture_form { CAPTURE_FTRACE, CAPTURE_GRAPH, CAPTURE_PERF, CAPTURE_BPFTRACE, CAPTURE_FORMS };

const char *capture_form_name(enum capture_form form);	/* "function_graph"; "" */

/* What import adds to what the sidecar says (capture_meta_value()): forms and `without`, below. */
#define CAPTURE_KEY_FORM	"form"
#define CAPTURE_KEY_WITHOUT	"form.without"

/*
 * Of a capture whose form does not say what its calls are about (docs/capture.md), or that lacks
 * events, which is known of a CPU only when its next one comes: what seems impossible may be one
 * that was not understood, or not seen.
 */
bool capture_says_little(struct trace *t);

struct capture_info {
	char file[CAPTURE_TEXT_MAX];	/* as it was named */
	char release[CAPTURE_TEXT_MAX];	/* "Linux version 6.8.0 .."; "" where nothing said it */
	bool counter;			/* stamps are no time */
	unsigned cpus;			/* the highest number + 1 */
	uint64_t lines, events, comments;
	uint64_t not_understood;	/* lines: kept, with `why` beside them */
	uint64_t cut;			/* lines longer than CAPTURE_LINE_MAX */
	uint64_t lost, losses;		/* events that the kernel says it lost; how often */
	uint64_t backward;		/* stamps that are smaller than the one before, */
	uint64_t backward_line;		/* and the first line with one */
	uint64_t equal;			/* stamps as the one before, of another CPU */
	uint64_t unreturned;		/* calls not seen to return, of functions that are */
	uint64_t no_enter;		/* returns of calls that are not seen to begin */
	uint64_t pte_agree, pte_differ;	/* faults whose first lookup was of the pte's slot */
	uint64_t pte_unknown;		/* faults whose pte says no slot */
	uint64_t slots_left_out;	/* events of slots beyond CAPTURE_SLOTS_MAX */
	uint64_t held, written;		/* events, as its head says: in the buffer, and ever; of */
					/* capture_check() alone, 0 where it does not */
	bool function_tracer;		/* as its head says: so too */
	unsigned forms;			/* a bit a enum capture_form that its lines have; of */
					/* capture_import() and capture_check() alone */
	char without[CAPTURE_TEXT_MAX];	/* functions whose events lack the slot or the value */
					/* that their probe has, so that they are not believed: */
					/* "zswap_load, zswap_store"; so too */
	char clock[32];			/* as it says, or its form has; "": it does not */
	unsigned threads, slots, probes;
	bool finished;			/* read to its end */
	/*
	 * An input of capture_import(), may be NULL: called now and then with what is known so far,
	 * bytes of the file that are read, and how many it has (0: that is not known).
	 */
	void (*progress)(void *arg, const struct capture_info *so_far, uint64_t bytes,
			 uint64_t size);
	void *progress_arg;
};

/*
 * What zswap_store(), zswap_load() came to (a RETURN of one of them): 1 done, 0 refused or not
 * there, -1 where it is not known.  Its value is a bool, or 0 and a negative errno: of the names
 * that the functions have in v6.1, and, where `release` says so, of zswap_load() from v6.15 on.
 */
int capture_ok(const struct capture_info *info, const struct capture_event *e);

/* Is the kernel of version major.minor or later?  False where `release` does not say. */
bool capture_since(const struct capture_info *info, unsigned major, unsigned minor);

/* ---- writing ---- */

/*
 * Read the capture at `path` into run `run` of the file: lines, events, threads, slots, probes.
 * info gets what came of it; info->release is an input (may be "").  What is committed stays
 * whatever happens.  Memory does not grow with the length of the capture.  The run has to be there
 * (rows_begin()).  Returns 0; or a negative errno and one line in err (TRACE_ERROR_MAX bytes):
 * -EINVAL where nothing in the file is an event, -EISDIR, -EACCES .., -EBADMSG where what is
 * compressed is damaged (what came before is stored).
 */
int capture_import(struct trace_writer *tw, int run, const char *path, struct capture_info *info,
		   char *err);

/*
 * Transition `seq` of the open run, which explains the capture, was made before event `event` was
 * over; `seen`: events show it.  0 or a negative errno.
 */
int capture_link(struct trace_writer *tw, uint64_t seq, uint64_t event, bool seen);

/*
 * Is there an event near the beginning of the file?  So that nothing is made, or replaced, for
 * what is no capture.  info->release gets what a comment "# uname: .." or "# release: .." before it
 * says; a trace.dat has one.  Returns as capture_import().  A pipe is taken at its word: it can be
 * read once.
 */
int capture_check(const char *path, struct capture_info *info, char *err);

/* ---- reading ---- */

/*
 * The event that transition `seq` was linked to, and whether events show it; 0: none.  And the
 * last transition that was made before an event was over.
 */
uint64_t capture_event_of(struct trace *t, uint64_t seq, bool *seen);
uint64_t capture_step_of(struct trace *t, uint64_t event);

/* The nearest transition after `seq`, or before it, that events show; 0: there is none. */
uint64_t capture_seen_step(struct trace *t, uint64_t seq, bool after);

/* The nearest event of a slot after `event`, or before it; 0: there is none. */
uint64_t capture_event_beside(struct trace *t, uint32_t slot, uint64_t event, bool after);

/* The first event whose stamp is not smaller, and what it is; 0: there is none. */
uint64_t capture_event_stamped(struct trace *t, uint64_t stamp, uint64_t *is);

/* All of these are of the run that `t` was opened for, and -ENODATA where it has no capture. */
int capture_info_read(struct trace *t, struct capture_info *info);

/*
 * Call `event` with every event of a slot, in order; slot 0: all of the capture.  A non-zero
 * return of `event` stops and is returned.  All is checked as from a hostile file: -EBADMSG.
 */
int capture_scan(struct trace *t, uint32_t slot,
		 int (*event)(void *arg, const struct capture_event *e), void *arg);

/* The same for events `from` .. `to`, whatever they are about. */
int capture_scan_range(struct trace *t, uint64_t from, uint64_t to,
		       int (*event)(void *arg, const struct capture_event *e), void *arg);

/*
 * What the clock can tell: two events of two CPUs whose stamps are no further apart than that have
 * no order.  0: all events are in the order of the capture.  It is found out from the clock's name
 * and the stamps themselves (docs/captures.md).  0 or a negative errno.
 */
int capture_resolution(struct trace *t, uint64_t *resolution);

/*
 * Is the order known of all events of a slot, from event `from` to `to` and whatever may have come
 * before that?  1, 0, or a negative errno.
 */
int capture_in_order(struct trace *t, uint32_t slot, uint64_t from, uint64_t to,
		     uint64_t resolution);

struct capture_slot {
	uint32_t slot;		/* 1 .. */
	unsigned type;
	uint64_t offset;
};

struct capture_thread {
	uint32_t thread;	/* 0 .. */
	int32_t pid;		/* 0: the idle thread of a CPU, one a CPU */
	unsigned cpu;
	const char *comm;	/* the last that it had */
	uint64_t events;
};

struct capture_probe {
	uint32_t probe;		/* 1 .. */
	enum capture_side side;
	const char *name;	/* of the event: "z_load_r" */
	const char *symbol;	/* "zswap_load"; "" */
	enum capture_function function;
	unsigned variant;
	uint64_t events;
};

int capture_slots(struct trace *t, int (*slot)(void *arg, const struct capture_slot *s), void *arg);
int capture_threads(struct trace *t, int (*thread)(void *arg, const struct capture_thread *h),
		    void *arg);
int capture_probes(struct trace *t, int (*probe)(void *arg, const struct capture_probe *p),
		   void *arg);

/* The slot of a swap entry; 0: the capture has none such. */
uint32_t capture_slot_of(struct trace *t, unsigned type, uint64_t offset);

/* The lines that say that the kernel lost events there, in order. */
int capture_losses(struct trace *t, int (*row)(void *arg, uint64_t line), void *arg);

/* Lines that are not understood, or cut: `why`.  `text` is fit to be shown. */
int capture_strange_lines(struct trace *t, int (*row)(void *arg, uint64_t line, const char *why,
						      const char *text), void *arg);

#pragma GCC visibility pop

#endif
