"""What a licence allows here: verdicts over all ancestors, contest licences and who accepted them, declared sources."""
