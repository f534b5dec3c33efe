"""签发记录核对: everything that was signed, ruled, drawn or made, compared with its event in the trail."""
