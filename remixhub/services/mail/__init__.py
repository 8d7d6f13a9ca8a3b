"""Mail: letters written in the transaction that causes them, and sent by jobs; links in them; wishes; bounces.

No request waits for a mail server: `letters.write` adds a row and a job, `sending.send_letter` does the rest.
What a letter says stands in `domain/letters.py`.
"""
