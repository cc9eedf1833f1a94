"""Distinct, valid applications of people who do not exist."""

import hashlib
import json

PROVINCES = ("NB", "ON", "QC", "BC", "AB", "NS")
# In no log line: deployment.py looks for them.
GIVEN_NAME, FAMILY_NAME = "Zephyrine", "Quillfeather"


def sin(n):
    """Nine digits, the last by Luhn's formula."""
    digits = [int(digit) for digit in f"{n:08}"]
    total = sum(sum(divmod(digit * (1 + i % 2), 10)) for i, digit in enumerate(digits))
    return "".join(map(str, digits)) + str(-total % 10)


class Person:
    """One applicant; each submission of theirs has another net income, which tells them apart."""

    def __init__(self, n, random):
        self.sin = sin(n)
        self.born = f"{random.randint(1946, 2005)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
        self.province = random.choice(PROVINCES)
        self.children = [f"{random.randint(2009, 2025)}-06-15" for _ in range(random.randint(0, 3))]
        self.income = random.randint(5_000, 90_000)

    def next_income(self):
        self.income += 1
        return f"{self.income}.00"

    def body(self, net_income):
        return json.dumps({
            "effective_date": "2026-01-01",
            "client": {"given_name": GIVEN_NAME, "family_name": FAMILY_NAME, "date_of_birth": self.born,
                       "sin": self.sin},
            "residence": {"province": self.province},
            "household": {
                "adults": [{"role": "applicant", "date_of_birth": self.born, "net_income": net_income,
                            "years_in_canada_since_18": 20}],
                "children": [{"date_of_birth": born} for born in self.children]},
            "consents": [{"program": "*", "purposes": ["eligibility", "payment"], "given_on": "2026-01-01"}],
        })


def digest(body):
    return hashlib.sha256(body.encode()).hexdigest()
