"""What the lab process and its session processes say to each other, and nothing else.

``events`` go from a session to the lab (and into ``--events`` files), ``requests`` from the lab to a session,
``server`` between the lab and the fork server, ``codec`` turns all of them into bytes and back. This package
imports no other part of tflab, so both sides can.
"""
