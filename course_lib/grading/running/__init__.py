"""From answers to what each exercise earns."""
