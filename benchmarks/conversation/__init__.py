"""How well the assistant converses: hand-written questions, asked over HTTP and judged by rule.

See README.md beside this file for the form of the questions, the rules and the options.
"""
