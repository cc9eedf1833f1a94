"""Faults planted in recorded messages, each with the kind of finding that the audit must make of it."""

import dataclasses
import json

from schemas import case_pb2, envelope_pb2


def _index(messages, wanted):
    return next(i for i, message in enumerate(messages) if wanted(message))


def _is_event(message, kind):
    return message.topic == "events" and json.loads(message.value)["type"] == kind


def _after_all(messages, message):
    last = max(m.offset for m in messages if (m.topic, m.partition) == (message.topic, message.partition))
    return message._replace(offset=last + 1)


def _changed_event(message, headers=None, **changes):
    data = json.loads(message.value) | changes
    headers = tuple((name, (headers or {}).get(name, value)) for name, value in message.headers)
    return message._replace(value=json.dumps(data).encode(), headers=headers)


def _changed_state(message, change):
    envelope = envelope_pb2.Envelope.FromString(message.value)
    key_state = envelope_pb2.KeyState.FromString(envelope.payload)
    case = case_pb2.CaseState.FromString(key_state.state)
    change(key_state, case)
    key_state.state = case.SerializeToString()
    envelope.header.id = f"{envelope.header.key}/v{key_state.version}"
    envelope.payload = key_state.SerializeToString()
    return message._replace(value=envelope.SerializeToString())


def _last_state(messages):
    key = messages[_index(messages, lambda m: _is_event(m, "guichet.case.decided"))].key
    return max((i for i, m in enumerate(messages) if m.topic == "cases" and m.key == key),
               key=lambda i: messages[i].offset)


def removed_event(messages, calls):
    del messages[_index(messages, lambda m: _is_event(m, "guichet.program.determined"))]


def removed_last_event(messages, calls):
    decided = messages[_index(messages, lambda m: _is_event(m, "guichet.case.decided"))]
    last = max((m for m in messages if m.topic == "events" and m.key == decided.key), key=lambda m: m.offset)
    messages.remove(last)


def event_out_of_order(messages, calls):
    at = _index(messages, lambda m: _is_event(m, "guichet.application.received"))
    messages[at] = _after_all(messages, messages[at])


def doubled_outcome(messages, calls):
    decided = messages[_index(messages, lambda m: _is_event(m, "guichet.case.decided"))]
    data = json.loads(decided.value)
    sequence = 1 + max(json.loads(m.value)["sequence"] for m in messages if m.topic == "events" and m.key == decided.key)
    headers = {"ce_id": f"{data['application_id']}/e{sequence}".encode(), "ce_sequence": str(sequence).encode()}
    messages.append(_after_all(messages, _changed_event(decided, headers, sequence=sequence)))


def event_with_two_contents(messages, calls):
    decided = messages[_index(messages, lambda m: _is_event(m, "guichet.case.decided"))]
    messages.append(_after_all(messages, _changed_event(decided, annual_total="0.01")))


def repeated_event(messages, calls):
    decided = messages[_index(messages, lambda m: _is_event(m, "guichet.case.decided"))]
    messages.append(_after_all(messages, decided))


def removed_entitlements(messages, calls):
    del messages[_index(messages, lambda m: m.topic == "payments-inbox")]


def application_nobody_sent(messages, calls):
    sin = calls[0].sin
    calls[:] = [call for call in calls if call.sin != sin]


def events_from_nowhere(messages, calls):
    received = messages[_index(messages, lambda m: _is_event(m, "guichet.application.received"))]
    other = "00000000-0000-8000-8000-000000000000"
    headers = {"ce_id": f"{other}/e1".encode(), "ce_subject": other.encode()}
    messages.append(_after_all(messages, _changed_event(received, headers, application_id=other)._replace(key=other)))


def application_twice(messages, calls):
    submit = messages[_index(messages, _is_submit)]
    envelope = envelope_pb2.Envelope.FromString(submit.value)
    envelope.header.key = "00000000-0000-8000-8000-000000000000"
    envelope.header.id += "-again"
    messages.append(_after_all(messages, submit._replace(key=envelope.header.key, value=envelope.SerializeToString())))


def _is_submit(message):
    if message.topic != "cases-inbox":
        return False
    return envelope_pb2.Envelope.FromString(message.value).header.kind == envelope_pb2.KIND_SUBMIT_APPLICATION


def lost_application(messages, calls):
    application = next(call.application for call in calls if call.status)
    messages[:] = [m for m in messages if m.key != application]


def other_body(messages, calls):
    at = next(i for i, call in enumerate(calls) if call.status and call.act == "submit")
    calls[at] = dataclasses.replace(calls[at], net_income="0.07")


def key_with_two_answers(messages, calls):
    acknowledged = [call for call in calls if call.status and call.act == "submit" and call.key]
    other = next(c for c in acknowledged if c.application != acknowledged[0].application)
    calls.append(dataclasses.replace(other, key=acknowledged[0].key))


def submission_that_is_not_there(messages, calls):
    call = next(call for call in calls if call.status and call.act == "submit")
    calls.append(dataclasses.replace(call, act="amend", key="", submission=9))


def position_that_is_not_there(messages, calls):
    at = next(i for i, call in enumerate(calls) if call.status and call.position)
    partition = calls[at].position.partition("-")[0]
    calls[at] = dataclasses.replace(calls[at], position=f"{partition}-999999999")


def other_status_in_state(messages, calls):
    at = _last_state(messages)
    messages[at] = _changed_state(messages[at], lambda key, case: setattr(case.current, "status", case_pb2.CASE_PARTIAL))


def other_revision_in_state(messages, calls):
    at = _last_state(messages)
    messages[at] = _changed_state(messages[at], lambda key, case: setattr(case.current, "revision", 7))


def state_of_a_stale_writer(messages, calls):
    old = messages[_index(messages, lambda m: m.topic == "cases")]
    stale = _changed_state(old, lambda key, case: setattr(case, "updated_at_us", 1))
    messages.append(_after_all(messages, stale))


def newer_states_missing(messages, calls):
    call = next(call for call in calls if call.status and call.position)
    messages[:] = [m for m in messages if m.topic != "cases" or m.key != call.application]


def held_without_a_dead_letter(messages, calls):
    at = _last_state(messages)
    messages[at] = _changed_state(messages[at], lambda key, case: setattr(key.held, "dead_letter_id", "d_none"))


def undecodable_record(messages, calls):
    at = _index(messages, lambda m: m.topic.startswith("requests."))
    messages[at] = messages[at]._replace(value=b"\xff not an envelope")


def record_in_another_partition(messages, calls):
    at = _index(messages, lambda m: m.topic.startswith("requests."))
    messages[at] = messages[at]._replace(partition=messages[at].partition + 1)


FAULTS = {
    removed_event: "gap",
    removed_last_event: "state_disagrees",
    event_out_of_order: "gap",
    doubled_outcome: "two_outcomes",
    event_with_two_contents: "two_contents",
    repeated_event: "repeat",
    removed_entitlements: "state_disagrees",
    application_nobody_sent: "unknown_application",
    events_from_nowhere: "unknown_application",
    application_twice: "two_applications",
    lost_application: "lost",
    other_body: "other_content",
    key_with_two_answers: "two_applications",
    submission_that_is_not_there: "lost",
    position_that_is_not_there: "lost",
    other_status_in_state: "state_disagrees",
    other_revision_in_state: "state_disagrees",
    state_of_a_stale_writer: "two_contents",
    newer_states_missing: "lost",
    held_without_a_dead_letter: "lost",
    undecodable_record: "undecodable",
    record_in_another_partition: "partition",
}
