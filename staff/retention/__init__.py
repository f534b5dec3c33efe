"""保存期限与清除: periods as data, purges decided by two people, the daily clean-up."""
