"""English: the course as a whole, and how far one has come in it (keys ``course.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "course.part.document": "The chapter",
    "course.part.beyond": "Beyond it",
    "course.part.clinic": "Clinics",
    "course.exercises": "{passed} of {count} exercises",
    "course.so_far": "{state}, {time} so far",
    "course.done_in": "done in {time}",
    "course.minutes": "{minutes} min",
    "course.hours": "{hours} h {minutes} min",
    # One lesson.
    "course.exercise.passed": "passed {day}",
    "course.exercise.open": "not yet",
    # What is left.
    "course.next": "Next: {number} {title} (tflab {number})",
    "course.next.none": "Every lesson is done: `tflab lessons --summary certificate.svg` writes the certificate.",
    # The page.
    "course.page.name": "tflab: custom training with TensorFlow",
    "course.page.summary": "Summary",
    "course.page.certificate": "Certificate of completion",
    "course.page.exercises": "{passed} of {count} exercises passed, each graded on what the code did: values, gradients, "
    "traces, losses.",
    "course.page.lessons": "{done} of {count} lessons done, {time} of work.",
    "course.page.days": "First pass {first}, latest pass {last}.",
    "course.page.of": "{done} of {count}",
    "course.page.written": "{path} is written.",
    "course.page.not_written": "{path} cannot be written: {reason}",
    "course.page.form": "{path} ends in neither .svg nor .txt",
    # tflab lessons.
    "course.help.summary": "Write a page that sums up how far you have come, a certificate at the end: FILE ends in .svg"
    " or .txt, - prints it.",
}
