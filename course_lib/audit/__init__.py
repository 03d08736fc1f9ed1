"""What a generator is asked before it meets people: what it copied, whom it leaves out, where its pictures come from,
and what it cost."""
