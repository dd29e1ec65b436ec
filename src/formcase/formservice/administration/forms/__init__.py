"""The administrators' pages for forms: versions and drafts, comparing, publishing, previewing and testing them."""
