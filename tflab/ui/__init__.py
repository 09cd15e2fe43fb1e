"""The lab on the screen.

How a command opens it::

    from tflab.ui import splash            # stdlib only: text is on the screen before anything heavy is imported
    splash.show(title)                     # does nothing where stdout is no terminal
    supervisor.start()                     # TensorFlow loads in its own process meanwhile
    from tflab.ui.app import run_lab       # imports Textual
    status = run_lab(document, supervisor, drafts, lessons=entries, open_document=read, notes=notes)
    supervisor.close()

`tflab.ui.app.run_lab` returns the exit status when the person quits (0), or 128 + n after signal n; it neither starts
nor closes the supervisor. What it is given is described in `tflab.ui.launch`, which imports nothing heavy. A command
that stops between ``show`` and ``run_lab`` need do nothing: the splash leaves the terminal as it found it at exit.

Widgets and panels are told what to show and know no screen and no client; screens compose them; the app opens screens.
"""
