"""Shows each happening once, whichever sources announce it (record linkage).

Pure decisions: `facts` of an event and the `wording` of its title, `features` of two,
`comparison` of them, `groups` of many, `survivor` (which one is shown, and what it takes
over), `explanation` in words. The database:
`candidates` near an event, `plan` of what belongs together, `apply` it; `merge` does it all.
"""
