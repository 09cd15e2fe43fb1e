"""The stream to the interface: ordered, bounded."""

from __future__ import annotations

import threading

from tests.sessions import PATIENCE
from tflab.client.inbox import Inbox, LabEvent
from tflab.protocol.lifecycle import SessionStarting
from tflab.protocol.server import ServerProgressed


def event(number: int) -> ServerProgressed:
    return ServerProgressed(stage=str(number), fraction=0.0)


def test_events_come_out_once_and_in_order() -> None:
    inbox = Inbox()
    for number in range(3):
        inbox.put(event(number), 10)

    assert inbox.drain() == [event(0), event(1), event(2)]
    assert inbox.drain() == []


def test_what_comes_into_an_empty_inbox_is_told_of_once() -> None:
    inbox = Inbox()
    told: list[int] = []
    inbox.on_arrival(lambda: told.append(len(inbox.drain()) if len(told) == 1 else 0))
    inbox.put(event(0), 10)
    inbox.put(event(1))
    assert told == [0]
    assert inbox.drain() == [event(0), event(1)]
    # Whoever is told may drain.
    inbox.put_all([(event(2), 10), (event(3), 10)])
    assert told == [0, 2]
    inbox.put_all([])
    assert told == [0, 2]


def test_waiting_ends_with_an_event_or_with_time() -> None:
    inbox = Inbox()
    assert not inbox.wait(0.0)
    thread = threading.Thread(target=inbox.put, args=(event(0),))
    thread.start()
    assert inbox.wait(PATIENCE)
    thread.join()


def test_a_full_inbox_makes_readers_wait_until_it_is_drained() -> None:
    inbox = Inbox(capacity=400)
    inbox.put(event(0), 60)
    inbox.put(event(1), 60)
    assert inbox.is_full
    thread = threading.Thread(target=inbox.put, args=(event(2), 60))
    thread.start()

    # What has no size never waits.
    inbox.put(SessionStarting())
    assert thread.is_alive()
    assert inbox.drain() == [event(0), event(1), SessionStarting()]
    thread.join(PATIENCE)
    assert inbox.drain() == [event(2)]


def test_of_many_events_each_waits_for_room_and_those_before_it_can_be_taken_out() -> None:
    inbox = Inbox(capacity=400)
    batch = [(event(number), 200) for number in range(5)]
    thread = threading.Thread(target=inbox.put_all, args=(batch,))
    thread.start()

    seen: list[LabEvent] = []
    while len(seen) < 5:
        assert inbox.wait(PATIENCE)
        taken = inbox.drain()
        # The second finds no room beside the first.
        assert len(taken) == 1
        seen += taken
    thread.join(PATIENCE)
    assert seen == [event(number) for number in range(5)]


def test_many_events_of_a_session_that_is_thrown_away_do_not_wait() -> None:
    inbox = Inbox(capacity=400)
    inbox.put_all([(event(0), 500), (event(1), 500)], unless=lambda: True)
    assert inbox.drain() == [event(0)]


def test_a_reader_whose_session_is_thrown_away_stops_waiting() -> None:
    inbox = Inbox(capacity=400)
    inbox.put(event(0), 200)
    thrown_away = threading.Event()
    thread = threading.Thread(target=inbox.put, args=(event(1), 60), kwargs={"unless": thrown_away.is_set})
    thread.start()

    thrown_away.set()
    thread.join(PATIENCE)

    assert not thread.is_alive()
    assert inbox.drain() == [event(0)]


def test_an_event_larger_than_the_inbox_still_gets_in() -> None:
    inbox = Inbox(capacity=400)
    inbox.put(event(0), 10_000)
    assert inbox.drain() == [event(0)]


def test_what_comes_again_anyway_is_dropped_where_there_is_no_room() -> None:
    inbox = Inbox(capacity=400)
    inbox.offer(event(0))
    inbox.put(event(1), 500)
    inbox.offer(event(2))

    assert inbox.drain() == [event(0), event(1)]
