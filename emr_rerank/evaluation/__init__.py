"""How good the answers are on a labelled data set, beside the searches that they must beat."""

from emr_rerank.evaluation.dataset import ExpectedEvidence, ExpectedQuestion
from emr_rerank.evaluation.matching import expected_rank
from emr_rerank.evaluation.outcome import compare
from emr_rerank.evaluation.run import evaluate

__all__ = ["ExpectedEvidence", "ExpectedQuestion", "compare", "evaluate", "expected_rank"]
