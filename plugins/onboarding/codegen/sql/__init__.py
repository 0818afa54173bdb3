"""Emitters: typed plans in, SQL text of one engine out.

Every statement is built from sqlglot nodes, never from text.
"""
