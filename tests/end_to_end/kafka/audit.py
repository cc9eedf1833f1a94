"""What must hold between the topics of a deployment and what its clients were told.

Shares no code with Guichet but the published schemas. `audit` is a pure function of messages and calls;
audit_test.py plants each fault that it must find.
"""

import collections
import dataclasses
import json

from schemas import case_pb2, commands_pb2, dead_letter_pb2, entitlements_pb2, envelope_pb2

# Written in the transaction of their cause: they repeat only where a connection broke within one.
# What is sent without a transaction (commands, answers of adapters) and ticks, of which the next owner may
# send one again, may repeat after a kill.
TRANSACTIONAL = ("cases", "events", "payments-inbox", "requests")
BEGINNINGS = {"guichet.application.received", "guichet.application.amended", "guichet.application.withdrawn"}
DECIDED = "guichet.case.decided"


@dataclasses.dataclass(frozen=True)
class Finding:
    kind: str
    text: str


@dataclasses.dataclass
class Report:
    findings: list = dataclasses.field(default_factory=list)
    counts: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    dead_letters: list = dataclasses.field(default_factory=list)  # of DeadLetter
    unsettled: set = dataclasses.field(default_factory=set)  # applications that have not ended yet

    def add(self, kind, text):
        self.findings.append(Finding(kind, text))

    def kinds(self):
        return {finding.kind for finding in self.findings}


@dataclasses.dataclass
class Event:
    id: str
    type: str
    sequence: int
    submission: int
    revision: int
    case_status: str


class Application:
    def __init__(self, application_id):
        self.id = application_id
        self.events = []  # each once, in committed order
        self.entitlement_sets = []
        self.states = []  # (version, KeyState), in committed order
        self.submits = []  # SubmitApplication commands in the inbox
        self.partitions = set()
        self.state_positions = {}  # "<partition>-<offset>" of `cases`


def audit(messages, calls, connections_cut=False):
    """`connections_cut`: a broker died or a connection was cut, so that repeats are only counted."""
    report = Report()
    applications = _read(messages, report, connections_cut)
    for application in applications.values():
        _check_events(application, report)
        _check_state(application, report)
    _check_people(applications, calls, report)
    _check_calls(applications, calls, report)
    for letter in report.dead_letters:
        report.add("dead_letter", f"{letter.application_id}: {letter.failure_class} at {letter.place}: {letter.text}")
    report.counts["applications"] = len(applications)
    report.counts["outcomes"] = sum(event.type == DECIDED for a in applications.values() for event in a.events)
    report.counts["dead letters"] = len(report.dead_letters)
    report.counts["unsettled"] = len(report.unsettled)
    return report


# ---- reading


def _read(messages, report, connections_cut):
    applications = {}
    contents = {}
    for message in sorted(messages, key=lambda m: (m.topic, m.partition, m.offset)):
        report.counts["records"] += 1
        record = _decode(message, report)
        if record is None:
            continue
        record_id, application_id, is_tick, take = record
        application = applications.setdefault(application_id, Application(application_id))
        if message.key == application_id:
            application.partitions.add(message.partition)
        # Before repeats are dropped: an acknowledgement may name either place.
        if message.topic == "cases":
            application.state_positions[f"{message.partition}-{message.offset}"] = message
        before = contents.setdefault((message.topic, record_id), message)
        if before is not message:
            kind_of_topic = message.topic.split(".")[0]
            report.counts[f"repeats in {kind_of_topic}"] += 1
            if not is_tick and (before.value, before.headers, before.key) != (message.value, message.headers, message.key):
                report.add("two_contents", f"{message.topic}: {record_id}")
            elif kind_of_topic in TRANSACTIONAL and not connections_cut:
                report.add("repeat", f"{message.topic}: {record_id}")
            continue
        take(application)
    applications.pop("", None)  # what dead letters stand under
    for application in applications.values():
        if len(application.partitions) > 1:
            report.add("partition", f"{application.id} is in partitions {sorted(application.partitions)}")
    return applications


def _decode(message, report):
    """(id, application, is a tick, what it does to the application), or nothing where it says nothing here."""
    try:
        if message.topic == "events":
            return _decode_event(message, report)
        envelope = envelope_pb2.Envelope.FromString(message.value)
        header = envelope.header
        if not header.id or header.key != message.key:
            raise ValueError("no id, or not the key of its message")
        take = _nothing
        if message.topic == "dead-letters":
            letter = dead_letter_pb2.DeadLetter.FromString(envelope.payload)
            return header.id, "", False, lambda _: report.dead_letters.append(letter)
        if message.topic == "cases":
            take = _decode_state(header, envelope.payload)
        elif message.topic == "payments-inbox":
            entitlements = entitlements_pb2.EntitlementSet.FromString(envelope.payload)
            return header.id, entitlements.application_id, False, lambda a: a.entitlement_sets.append(entitlements.number)
        elif header.kind == envelope_pb2.KIND_SUBMIT_APPLICATION:
            submit = commands_pb2.SubmitApplication.FromString(envelope.payload)
            take = lambda a: a.submits.append(submit)  # noqa: E731
        return header.id, header.key, header.kind == envelope_pb2.KIND_TICK, take
    except Exception as error:  # whatever is wrong with one record is a finding about that record
        report.add("undecodable", f"{message.topic} {message.partition}-{message.offset}: {error}")
        return None


def _nothing(_):
    pass


def _decode_event(message, report):
    """As a partner agency reads it: only by CloudEvents' own headers and the JSON."""
    headers = {name: value.decode() for name, value in message.headers if name.startswith("ce_")}
    data = json.loads(message.value)
    if {headers["ce_subject"], data["application_id"]} != {message.key}:
        raise ValueError("subject, data and key name different applications")
    if int(headers["ce_sequence"]) != data["sequence"] or headers["ce_type"] != data["type"]:
        raise ValueError("headers and data disagree")
    event = Event(headers["ce_id"], data["type"], data["sequence"], data["submission"], data.get("revision", 0),
                  data["case_status"])
    report.counts["events"] += 1
    return event.id, message.key, False, lambda a: a.events.append(event)


def _decode_state(header, payload):
    key_state = envelope_pb2.KeyState.FromString(payload)
    if header.id != f"{header.key}/v{key_state.version}":
        raise ValueError(f"a state with version {key_state.version} has the id {header.id}")
    case = case_pb2.CaseState.FromString(key_state.state)
    return lambda a: a.states.append((key_state, case))


# ---- one application


def _check_events(application, report):
    sequences = [event.sequence for event in application.events]
    if sequences != list(range(1, len(sequences) + 1)):
        report.add("gap", f"{application.id}: its events are {sequences}")
    if application.entitlement_sets != list(range(1, len(application.entitlement_sets) + 1)):
        report.add("gap", f"{application.id}: its entitlement sets are {application.entitlement_sets}")
    begun = [event.submission for event in application.events if event.type in BEGINNINGS]
    if begun != list(range(1, len(begun) + 1)):
        report.add("gap", f"{application.id}: its submissions are {begun}")
    for submission in set(begun):
        outcomes = [e.revision for e in application.events if e.type == DECIDED and e.submission == submission]
        if len(set(outcomes)) != len(outcomes):
            report.add("two_outcomes", f"{application.id}/{submission}: revisions {outcomes}")
        elif outcomes != list(range(1, len(outcomes) + 1)):
            report.add("gap", f"{application.id}/{submission}: revisions {outcomes}")


def _check_state(application, report):
    versions = [key_state.version for key_state, _ in application.states]
    if versions != sorted(set(versions)):
        report.add("stale_state", f"{application.id}: versions {versions}")
    if not application.states:
        report.unsettled.add(application.id)
        if application.events:
            report.add("state_disagrees", f"{application.id} has events and no state")
        return
    key_state, case = max(application.states, key=lambda state: state[0].version)
    current = case.current
    last = application.events[-1] if application.events else None
    outcomes = [e for e in application.events if e.type == DECIDED and e.submission == current.number]
    says = {
        "events": (case.event_sequence, last.sequence if last else 0),
        "submission": (current.number, last.submission if last else 0),
        "revision": (current.revision, outcomes[-1].revision if outcomes else 0),
        "entitlement sets": (case.entitlement_set, len(application.entitlement_sets)),
    }
    if last and not key_state.HasField("held"):
        says["status"] = (case_pb2.CaseStatus.Name(current.status).removeprefix("CASE_").lower(), last.case_status)
    for what, (state, events) in says.items():
        if state != events:
            report.add("state_disagrees", f"{application.id}: {what}: the state says {state}, the events {events}")

    over = {e.submission for e in application.events if e.type == "guichet.application.superseded"}
    if current.status == case_pb2.CASE_WITHDRAWN:
        over.add(current.number - 1)
    for past in set(range(1, current.number)) - over:
        report.add("lost", f"{application.id}/{past} was neither superseded nor withdrawn")
    held = key_state.HasField("held")
    if held and key_state.held.dead_letter_id not in {letter.id for letter in report.dead_letters}:
        report.add("lost", f"{application.id} is held without a dead letter")
    merged = current.status in (case_pb2.CASE_COMPLETE, case_pb2.CASE_PARTIAL) and outcomes
    if not merged and not held and current.status != case_pb2.CASE_WITHDRAWN:
        report.unsettled.add(application.id)


# ---- against what was sent and acknowledged


def _written_out(cents):
    return f"{cents // 100}.{cents % 100:02}"


def _identity(application):
    """What tells a submission from all others: (SIN, net income of the applicant)."""
    applicant = next(adult for adult in application.household.adults if adult.role == "applicant")
    return application.client.sin, _written_out(applicant.net_income_cents)


def _check_people(applications, calls, report):
    """Nothing is there that nobody sent, and no person's application is there twice."""
    sent = {(call.sin, call.net_income) for call in calls}
    of_person = collections.defaultdict(set)
    for application in applications.values():
        found = [_identity(submit.application) for submit in application.submits]
        if application.states:
            case = application.states[-1][1]
            found += [_identity(s.application) for s in [*case.past, case.current] if s.HasField("application")]
        if not found:
            report.add("unknown_application", f"{application.id} came from no command")
        for identity in set(found):
            of_person[identity[0]].add(application.id)
            if identity not in sent:
                report.add("unknown_application", f"{application.id} says what nobody sent")
    for ids in of_person.values():
        if len(ids) > 1:
            report.add("two_applications", f"one person's application became {sorted(ids)}")


def _check_calls(applications, calls, report):
    by_key = collections.defaultdict(set)
    for call in calls:
        if call.status == 0:
            continue
        report.counts["acknowledged"] += 1
        if call.key:
            by_key[call.key].add((call.digest, call.application, call.submission))
        _check_acknowledged(applications.get(call.application), call, report)
    for answers in by_key.values():
        if len(answers) > 1:
            report.add("two_applications", f"one key was answered by {sorted(answers)}")


def _check_acknowledged(application, call, report):
    name = f"{call.application}/{call.submission}"
    if application is None or not application.states:
        report.add("lost", f"{name} was acknowledged and is not there")
        return
    beginnings = {e.submission: e.type for e in application.events if e.type in BEGINNINGS}
    if beginnings.get(call.submission, "").rpartition(".")[2] != {
            "submit": "received", "amend": "amended", "withdraw": "withdrawn"}[call.act]:
        report.add("lost", f"{name}: {call.act} was acknowledged, its events say {beginnings}")
    case = application.states[-1][1]
    kept = {s.number: s for s in [*case.past, case.current]}.get(call.submission)
    if kept is None:
        report.add("lost", f"{name} was acknowledged and is not in the state")
    elif kept.HasField("application") and _identity(kept.application) != (call.sin, call.net_income):
        report.add("other_content", f"{name} holds another body than was acknowledged")
    if call.position and call.position not in application.state_positions and not _compacted(application, call):
        report.add("lost", f"{name}: no state of it stands at {call.position}")


def _compacted(application, call):
    """A newer state of the key may have taken its place, once the topic is compacted."""
    partition, _, offset = call.position.partition("-")
    newer = {message.partition: message.offset for message in application.state_positions.values()}
    first = min((message.offset for message in application.state_positions.values()), default=-1)
    return int(partition) in newer and int(offset) < first
