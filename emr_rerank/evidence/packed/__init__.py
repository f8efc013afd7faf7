"""XLM-RoBERTa cross-encoder and encoder over packed batches: no padding, one tokenizer call, one copy a batch."""
