"""The content of a signed sheet: PacketDocument, frozen data of texts and whole numbers, and its JSON.

Read by the sheet's page, the packet's files and the verifier alike; it asks no database and knows no Django.
"""
