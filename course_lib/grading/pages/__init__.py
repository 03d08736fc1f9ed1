"""What people read: feedback for each student, and the report on the class."""
