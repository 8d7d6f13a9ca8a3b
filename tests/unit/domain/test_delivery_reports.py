"""Reports of failed delivery (RFC 3464): what servers write is understood, and what anybody makes up does nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remixhub.domain.delivery_reports import MOST_BYTES, read_report

LETTER = "0123456789abcdef" * 2
STATUS = """Reporting-MTA: dns; mail.example
{envelope}
Final-Recipient: rfc822; fan@example.org
Original-Recipient: rfc822;fan@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <fan@example.org>: no such user
"""


def report(
    *, envelope: str = "", action: str = "failed", status: str = "5.1.1", quoted: str = f"<{LETTER}@stems.example>"
) -> bytes:
    """As Postfix writes it."""
    fields = STATUS.format(
        envelope=f"Original-Envelope-Id: {envelope}\n" if envelope else "", action=action, status=status
    )
    returned = f"--b\nContent-Type: text/rfc822-headers\n\nSubject: Hello\nMessage-ID: {quoted}\n" if quoted else ""
    return (
        "From: MAILER-DAEMON@mail.example\nMIME-Version: 1.0\nContent-Type: multipart/report; "
        'report-type=delivery-status; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSorry.\n'
        f"--b\nContent-Type: message/delivery-status\n\n{fields}\n{returned}\n--b--\n"
    ).encode()


def test_the_letter_is_found_by_what_is_sent_back_of_it_or_by_its_envelope() -> None:
    by_headers = read_report(report())
    assert by_headers is not None
    assert by_headers.letter_id == LETTER
    assert by_headers.answer.is_about_address
    by_envelope = read_report(report(envelope=LETTER, quoted=""))
    assert by_envelope == by_headers
    whole = report().replace(b"text/rfc822-headers", b"message/rfc822")
    assert read_report(whole) == by_headers
    assert read_report(report().replace(b"\n", b"\r\n")) == by_headers


def test_what_is_full_or_refused_is_not_about_the_address() -> None:
    for status in ("5.2.2", "5.7.1"):
        found = read_report(report(status=status))
        assert found is not None
        assert not found.answer.is_about_address


@pytest.mark.parametrize(
    "raw",
    [
        report(action="delayed", status="4.4.1"),
        report(action="delivered"),
        report(quoted="<somebody.elses@elsewhere.example>"),
        report(quoted=""),
        report(quoted=f"<{LETTER}x@stems.example>"),
        b"Subject: I am on holiday\nIn-Reply-To: <" + LETTER.encode() + b"@stems.example>\n\nUntil Monday.",
        b"",
        b"\x00\xff" * 100,
    ],
)
def test_what_reports_no_failure_of_a_letter_of_ours_is_nothing(raw: bytes) -> None:
    assert read_report(raw) is None


def test_what_is_huge_or_deep_is_given_up() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)) + report()
    assert read_report(deep) is None
    messages = b"Content-Type: message/rfc822\n\n" * 20_000 + report()
    assert read_report(messages) is None
    wide = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000 + report()
    assert read_report(wide) is None
    assert read_report(b"Subject: " + b"x" * MOST_BYTES + b"\n" + report()) is None


@given(st.binary(max_size=300), st.integers(0, 700), st.integers(0, 40))
def test_no_bytes_make_it_fail(noise: bytes, at: int, cut: int) -> None:
    whole = report(envelope=LETTER)
    read_report(whole[:at] + noise + whole[at + cut :])
