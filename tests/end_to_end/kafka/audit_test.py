"""The audit passes a recorded run, and finds every fault that is planted in it."""

import pathlib
import unittest

import calls as call_log
import topics
from audit import audit
from faults import FAULTS

RECORDED = pathlib.Path(__file__).parent / "recorded"


def recorded():
    with open(RECORDED / "messages.jsonl", encoding="utf-8") as file:
        messages = topics.load(file)
    with open(RECORDED / "calls.jsonl", encoding="utf-8") as file:
        return messages, call_log.load(file)


class Audit(unittest.TestCase):
    def test_a_run_without_a_fault_passes(self):
        report = audit(*recorded())
        self.assertEqual(report.findings, [])
        self.assertEqual(report.unsettled, set())
        self.assertGreaterEqual(report.counts["outcomes"], 5)

    def test_every_planted_fault_is_found(self):
        for plant, kind in FAULTS.items():
            with self.subTest(plant.__name__):
                messages, calls = recorded()
                plant(messages, calls)
                self.assertIn(kind, audit(messages, calls).kinds())

    def test_repeats_are_only_counted_where_a_connection_was_cut(self):
        messages, calls = recorded()
        next(plant for plant in FAULTS if plant.__name__ == "repeated_event")(messages, calls)
        report = audit(messages, calls, connections_cut=True)
        self.assertEqual(report.findings, [])
        self.assertEqual(report.counts["repeats in events"], 1)

    def test_what_has_not_ended_is_unsettled(self):
        messages, calls = recorded()
        decided = next(m for m in messages if m.topic == "events" and b"case.decided" in m.value)
        first_state = min((m for m in messages if m.topic == "cases" and m.key == decided.key), key=lambda m: m.offset)
        messages = [m for m in messages if m.key != decided.key or m.topic == "cases-inbox" or m == first_state]
        self.assertIn(decided.key, audit(messages, calls).unsettled)


if __name__ == "__main__":
    unittest.main()
