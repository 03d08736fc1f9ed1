"""From a lesson's source to the notebooks made of it: the student's, the teacher's and the gradable one."""
