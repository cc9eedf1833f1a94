#!/usr/bin/env python3
"""A sample partner: the heating rebate of a village, answered by a process of its own.

It reads requests.<program>, decides, and writes determinations.<program>. The rest of this file is
what any partner has to do; docs/partners.md explains each step.

    partner.py --kafka 127.0.0.1:19092 [--protobuf]
"""
import argparse
import datetime
import pathlib
import signal
import subprocess
import sys
import tempfile

from confluent_kafka import Consumer, KafkaException, Producer
from google.protobuf.json_format import MessageToJson
from google.protobuf.message import DecodeError

PROGRAM = "nb-gm-heating"

# 1. The published schemas, turned into Python once at the start.
SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "schemas"
GENERATED = tempfile.TemporaryDirectory()
subprocess.run(["protoc", f"-I{SCHEMAS}", f"--python_out={GENERATED.name}",
                *map(str, SCHEMAS.glob("guichet/v1/*.proto"))], check=True)
sys.path.append(GENERATED.name)
from guichet.v1.determination_pb2 import (  # noqa: E402
    ELIGIBLE, INELIGIBLE, NEEDS_INFORMATION, Determination, DeterminationRequest)
from guichet.v1.envelope_pb2 import KIND_DETERMINATION_REQUEST, Envelope  # noqa: E402


# 2. The program itself: 400.00 and 50.00 a child under 18, less 5 % of income above 35,000.00.
#    Whole cents and whole days since 1970-01-01, so that nothing is rounded by accident.
#    It depends on the request alone, never on the clock: asked again, it says the same again.
def decide(request, line):
    facts, today = request.facts, as_date(request.effective_date)
    if not facts.residence.municipality:
        line.missing_fields.append("residence.municipality")
        return say(line, NEEDS_INFORMATION, "We need to know the municipality you live in.",
                   "Nous devons savoir dans quelle municipalité vous habitez.")
    if facts.residence.municipality.casefold() != "grand manan":
        return say(line, INELIGIBLE, "The rebate is for residents of Grand Manan.",
                   "La remise est réservée aux résidents de Grand Manan.")
    income = sum(adult.net_income_cents for adult in facts.household.adults)
    children = sum(is_under_18(child, today) for child in facts.household.children)
    amount = 400_00 + children * 50_00 - max(0, income - 35_000_00) * 5 // 100
    if amount <= 0:
        return say(line, INELIGIBLE, "Your household's income is too high for the rebate.",
                   "Le revenu de votre ménage est trop élevé pour la remise.")
    say(line, ELIGIBLE, "The rebate is $400.00 plus $50.00 for each child, less 5% of income above $35,000.00.",
        "La remise est de 400,00 $ plus 50,00 $ par enfant, moins 5 % du revenu au-delà de 35 000,00 $.")
    line.annual_amount_cents = amount
    # The whole benefit year, in periods that do not overlap and add up to the amount: here one.
    due = datetime.date(today.year, 2, 15)
    while due.weekday() >= 5:  # a weekend: the business day before
        due -= datetime.timedelta(days=1)
    line.entitlements.add(to=as_day(datetime.date(today.year, 12, 31)), due=as_day(due),
                          amount_cents=amount,
                          **{"from": as_day(datetime.date(today.year, 1, 1))})


def say(line, status, en, fr):  # people are told why, in both languages; above all when it is no
    line.status = status
    reason = line.reasons.add(rule="heating", citation="By-law 2025-7, section 4 (sample)")
    reason.text.en, reason.text.fr = en, fr


def as_date(day):
    return datetime.date(1970, 1, 1) + datetime.timedelta(days=day)


def as_day(date):
    return (date - datetime.date(1970, 1, 1)).days


def is_under_18(child, today):
    born = as_date(child.date_of_birth)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < 18


# 3. One message in, one answer out. Only request_id and lines must be said: Guichet fills in the rest.
def answer(message):
    envelope = Envelope.FromString(message.value() or b"")
    if envelope.header.kind != KIND_DETERMINATION_REQUEST:
        raise ValueError("not a determination request")
    request = DeterminationRequest.FromString(envelope.payload)
    determination = Determination(request_id=request.request_id)
    decide(request, determination.lines.add(beneficiary="household"))
    return request.application_id, envelope.header.traceparent, determination


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--kafka", required=True, help="address of a broker")
    options.add_argument("--prefix", default="guichet.", help="what stands before every topic")
    options.add_argument("--protobuf", action="store_true", help="answer in protobuf, not in JSON")
    options = options.parse_args()
    running = True

    def stop(*_):
        nonlocal running
        running = False
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)

    # 4. Positions are committed by hand, after the answers were delivered: whatever happens between,
    #    a request is answered at least once, and Guichet drops what comes twice.
    consumer = Consumer({"bootstrap.servers": options.kafka, "group.id": f"partner.{options.prefix}{PROGRAM}",
                         "isolation.level": "read_committed", "auto.offset.reset": "earliest",
                         "enable.auto.commit": False})
    producer = Producer({"bootstrap.servers": options.kafka, "enable.idempotence": True,
                         "partitioner": "murmur2_random"})
    consumer.subscribe([f"{options.prefix}requests.{PROGRAM}"])
    content_type = "application/x-protobuf" if options.protobuf else "application/json"
    print(f"answering for {PROGRAM} in {content_type}", flush=True)
    while running:
        messages = consumer.consume(100, timeout=0.5)
        undelivered = []
        for message in messages:
            if message.error():
                print(f"reading: {message.error()}", file=sys.stderr, flush=True)
                continue
            try:
                application, trace, determination = answer(message)
            except (DecodeError, ValueError, OverflowError) as error:
                # 5. One bad record must not stop the others. Its place, never its content.
                print(f"skipped {message.topic()} [{message.partition()}] {message.offset()}: "
                      f"{type(error).__name__}", file=sys.stderr, flush=True)
                continue
            value = (determination.SerializeToString() if options.protobuf else
                     MessageToJson(determination, preserving_proto_field_name=True))
            headers = {"content-type": content_type} | ({"traceparent": trace} if trace else {})
            producer.produce(f"{options.prefix}determinations.{PROGRAM}", value, application,
                             headers=headers, on_delivery=lambda error, _: error and undelivered.append(error))
        if producer.flush(30) or undelivered:
            sys.exit(f"answers were not delivered: {undelivered[:1]}; starting again answers them")
        if messages:
            try:
                consumer.commit(asynchronous=False)  # everything read so far
            except KafkaException as error:  # partitions moved: whoever has them answers again
                print(f"committing: {error}", file=sys.stderr, flush=True)
    consumer.close()


if __name__ == "__main__":
    main()
