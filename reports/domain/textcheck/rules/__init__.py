from reports.domain.textcheck.accelerator import beside

__path__[:0] = beside("rules")
