#!/usr/bin/env python3
"""Checks the topics of a deployment against what its clients were told.

    check_topics.py --kafka 127.0.0.1:19092 --topic-prefix guichet. [--calls FILE] [--connections-cut]
                    [--record FILE]

Prints counts, then one line for each finding; exit 1 where there is one. `--record` keeps what was read.
"""

import argparse
import sys

import calls as call_log
import topics
from audit import audit


def print_report(report, out=sys.stdout):
    print(", ".join(f"{what}: {count}" for what, count in sorted(report.counts.items())), file=out)
    for finding in report.findings[:50]:
        print(f"{finding.kind}: {finding.text}", file=out)
    if len(report.findings) > 50:
        print(f"and {len(report.findings) - 50} more", file=out)
    for application in sorted(report.unsettled)[:20]:
        print(f"unsettled: {application}", file=out)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--kafka", required=True)
    arguments.add_argument("--topic-prefix", default="guichet.")
    arguments.add_argument("--calls", help="what clients sent and were told, as calls.py writes it")
    arguments.add_argument("--connections-cut", action="store_true", help="repeats are counted, and no finding")
    arguments.add_argument("--record", help="write the messages to this file")
    options = arguments.parse_args()
    reader = topics.TopicReader(options.kafka, options.topic_prefix)
    messages = reader.read()
    reader.close()
    if options.record:
        with open(options.record, "w", encoding="utf-8") as file:
            topics.save(messages, file)
    made = []
    if options.calls:
        with open(options.calls, encoding="utf-8") as file:
            made = call_log.load(file)
    report = audit(messages, made, options.connections_cut)
    print_report(report)
    return 1 if report.findings or report.unsettled else 0


if __name__ == "__main__":
    sys.exit(main())
