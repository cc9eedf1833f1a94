"""Takes a file for the bank to mock-bank, a bank that no one here wrote, and its answer back.

demo-bank.py PAIN001 ANSWERS ACCOUNT: starts a bank of its own whose clock stands at today, opens the
paying account there, sends it the file, and puts what it answers (pain.002) into ANSWERS.
"""

import datetime
import json
import pathlib
import re
import subprocess
import sys
import urllib.error
import urllib.request

sent, answers, account = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
bank = subprocess.Popen(
    [sys.executable, "-m", "mockbank", "--port", "0", "--clock", f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M}"],
    stderr=subprocess.PIPE, text=True)


def call(method, path, body=None):
    request = urllib.request.Request(url + path, data=body, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        if error.code != 422:  # a file that it refused whole: an answer like others
            sys.exit(f"the bank said: {error.read().decode()}")
        return error.read()


try:
    line = bank.stderr.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    if not found:
        sys.exit(f"the bank said: {line}")
    url = found.group(0)
    # The bank's own name of an account has to be an IBAN; there are none in Canada.
    bban = "GCHT0000000001"
    check = 98 - int("".join(str(int(c, 36)) for c in bban + "NL00")) % 97
    call("POST", "/_mock/accounts", json.dumps({
        "id": "payer", "iban": f"NL{check:02d}{bban}", "currency": "CAD", "account_number": account,
        "balance": 10 ** 12}).encode())
    call("POST", "/payments", sent.read_bytes())
    answers.mkdir(exist_ok=True)
    for message in json.loads(call("GET", "/_mock/mailbox?type=pain.002")):
        content = call("GET", f"/_mock/mailbox/{message['id']}")
        unfinished = answers / f".{sent.stem}"
        unfinished.write_bytes(content)
        unfinished.rename(answers / f"{sent.stem}-{message['id']}.xml")  # whole, or not there
finally:
    bank.terminate()
    bank.wait()
