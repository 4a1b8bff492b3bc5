"""What happens in the background: queues, workers, relay, schedules."""
