// SPDX-License-Identifier: GPL-2.0-only
/*
 * zero_erase.c - on a kernel that is as it was built, what zero_store=erase is in the model: before
 * swap_writepage() keeps a page of zeroes as a bit, zswap's entry of its slot is invalidated.  For
 * v6.12 to v6.15, which have that function.
 *
 * The folio is locked and in the swap cache there, so that nobody else stores, loads or frees the
 * slot meanwhile; who writes back and has isolated the entry already finds it gone.
 */
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/swap.h>

static void (*invalidate)(swp_entry_t entry);
static atomic_long_t erased;

static int on_writepage(struct kprobe *probe, struct pt_regs *regs)
{
	struct page *page = (struct page *)regs_get_kernel_argument(regs, 0);
	struct folio *folio = page_folio(page);

	if (!folio_test_large(folio) && folio_test_swapcache(folio) &&
	    !memchr_inv(folio_address(folio), 0, PAGE_SIZE)) {
		invalidate(folio->swap);
		atomic_long_inc(&erased);
	}
	return 0;
}

static struct kprobe writepage = {
	.symbol_name = "swap_writepage", .pre_handler = on_writepage,
};

static int __init zero_erase_init(void)
{
	/* zswap_invalidate() is not exported; a probe is told where it is */
	struct kprobe at = { .symbol_name = "zswap_invalidate" };
	int ret = register_kprobe(&at);

	if (ret)
		return ret;
	invalidate = (void *)at.addr;
	unregister_kprobe(&at);
	return register_kprobe(&writepage);
}

static void __exit zero_erase_exit(void)
{
	unregister_kprobe(&writepage);
	pr_info("zero_erase: %ld pages of zeroes\n", atomic_long_read(&erased));
}

module_init(zero_erase_init);
module_exit(zero_erase_exit);
MODULE_DESCRIPTION("Invalidate zswap's entry of a page of zeroes that is swapped out");
MODULE_LICENSE("GPL");
