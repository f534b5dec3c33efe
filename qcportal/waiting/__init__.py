"""What waits for a person: counts in the navigation, the page 待我处理, the daily digest; one registry."""
