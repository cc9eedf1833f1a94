"""People at their desks: they apply, amend, withdraw, read, and try again where no answer came.

Everything is drawn from a seed. What they sent and were told is in a CallLog; what no client should ever
see is in `wrong`.
"""

import collections
import http.client
import json
import random
import threading
import time
import urllib.parse

from calls import Call
from people import Person, digest

CALL_SECONDS = 20
WAIT = "wait=10"
MOST_RETRY_SECONDS = 2  # however long Retry-After says: a test has no minutes


class NoAnswer(Exception):
    pass


class Load:
    """`gateways` gives the addresses that answer now; `pace`: seconds from one story to the next of a worker."""

    def __init__(self, gateways, calls, seed, workers=12, pace=0.05, give_up=150):
        self.gateways = gateways
        self.calls = calls
        self.give_up = give_up
        self.pace = pace
        self.stopping = threading.Event()
        self.statuses = collections.Counter()
        self.retried = collections.Counter()
        self.wrong = []
        self.given_up = 0
        self.lock = threading.Lock()
        self.next_person = random.SystemRandom().randrange(10_000_000, 80_000_000)
        self.threads = [threading.Thread(target=self._work, args=(random.Random(f"{seed}/{worker}"),), daemon=True)
                        for worker in range(workers)]
        self.last_good = time.monotonic()
        self.longest_silence = 0.0
        self.good_answers = 0

    def __enter__(self):
        self.last_good = time.monotonic()
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(self.give_up + CALL_SECONDS)
            if thread.is_alive():
                self.wrong.append("a client still waits for its answer")

    def _work(self, draw):
        while not self.stopping.is_set():
            with self.lock:
                self.next_person += 1
                person = Person(self.next_person, draw)
            try:
                self._story(person, draw)
            except NoAnswer as silence:
                with self.lock:
                    self.given_up += 1
                    self.wrong.append(f"no answer in {self.give_up} s: {silence}")
            except Exception as error:  # a story that breaks is a finding, not the end of the load
                with self.lock:
                    self.wrong.append(f"{type(error).__name__}: {error}")
            self.stopping.wait(self.pace * draw.uniform(0.5, 1.5))

    # ---- one person

    def _story(self, person, draw):
        key = f"{person.sin}-submit" if draw.random() < 0.9 else ""
        told = self._write("submit", person, draw, "POST", "/v1/applications", key)
        if told is None:
            return
        if key and draw.random() < 0.15:
            again = self._write("submit", person, draw, "POST", "/v1/applications", key, same_income=True)
            if again["id"] != told["id"]:
                self._say_wrong(f"one key, two applications: {told['id']} {again['id']}")
        if draw.random() < 0.3:
            self._read_own_write(told, draw)
        path = f"/v1/applications/{told['id']}"
        for n in range(1, 4):
            if draw.random() > 0.15:
                break
            told = self._write("amend", person, draw, "PUT", path, f"{person.sin}-amend-{n}",
                               {"If-Match": told["etag"]}, after=told["position"])
            if draw.random() < 0.3:
                self._read_own_write(told, draw)
        if draw.random() < 0.08:
            self._write("withdraw", person, draw, "POST", path + "/withdrawal", f"{person.sin}-withdraw",
                        after=told["position"], same_income=True)

    def _write(self, act, person, draw, method, path, key, headers=None, after="", same_income=False):
        net_income = f"{person.income}.00" if same_income else person.next_income()
        body = "" if act == "withdraw" else person.body(net_income)
        call = Call(act, person.sin, net_income, key, digest(body))
        self.calls.write(call)
        headers = dict(headers or {})
        if after:  # whichever gateway answered that, this one must know of it
            headers["Guichet-After"] = after
        if body:
            headers["Content-Type"] = "application/json"
        if key:
            headers["Idempotency-Key"] = key
        if act != "withdraw" and draw.random() < 0.5:
            headers["Prefer"] = WAIT
        answer = self._until_answered(method, path, body, headers, draw, again=bool(key))
        if answer is None:
            return None
        status, fields, text = answer
        if status not in (200, 202):
            self._say_wrong(f"{act}: {status} {text[:200]}")
            return None
        item = json.loads(text)
        position = fields.get("Guichet-Position", "")
        if not position:
            if key:
                self._say_wrong(f"{act}: {status} without Guichet-Position")
            return None  # received, no verdict yet: nothing was promised
        self.calls.write(Call(act, call.sin, net_income, key, call.digest, status, item["id"],
                              item["submission"], position))
        return {"id": item["id"], "submission": item["submission"], "position": position,
                "etag": fields.get("ETag", "")}

    def _read_own_write(self, told, draw):
        status, _, text = self._until_answered("GET", f"/v1/applications/{told['id']}", "",
                                               {"Guichet-After": told["position"]}, draw)
        if status != 200 or json.loads(text)["submission"] < told["submission"]:
            self._say_wrong(f"own write not read at {told['position']}: {status} {text[:120]}")

    # ---- the wire

    def _until_answered(self, method, path, body, headers, draw, again=True):
        """The first answer that is not "try again"; each try goes to any gateway."""
        until = time.monotonic() + self.give_up
        while time.monotonic() < until:
            answer = self._send(method, path, body, headers, draw)
            if answer is not None and answer[0] not in (503, 429):
                self._note_good(method)
                return answer
            if not again:
                return None
            time.sleep(self._pause(answer, draw))
        raise NoAnswer(f"{method} {path}")

    def _send(self, method, path, body, headers, draw):
        gateways = self.gateways()
        if not gateways:
            return None
        address = urllib.parse.urlparse(draw.choice(gateways))
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=CALL_SECONDS)
        try:
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            answer = response.status, response.headers, response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            with self.lock:
                self.retried[type(error).__name__] += 1
            return None
        finally:
            connection.close()
        with self.lock:
            self.statuses[answer[0]] += 1
        return answer

    def _pause(self, answer, draw):
        if answer is not None and answer[0] in (503, 429):
            if not (answer[1].get("Retry-After") or "").isdigit():
                self._say_wrong(f"{answer[0]} without Retry-After")
                return 0.5
            return min(int(answer[1]["Retry-After"]), MOST_RETRY_SECONDS) * draw.uniform(0.5, 1)
        return draw.uniform(0.05, 0.3)

    def _note_good(self, method):
        if method == "GET":
            return
        with self.lock:
            now = time.monotonic()
            self.longest_silence = max(self.longest_silence, now - self.last_good)
            self.last_good = now
            self.good_answers += 1

    def _say_wrong(self, text):
        with self.lock:
            self.wrong.append(text)

    def summary(self):
        return {"statuses": dict(sorted(self.statuses.items())), "no answer": dict(self.retried),
                "longest silence s": round(self.longest_silence, 1), "given up": self.given_up}
