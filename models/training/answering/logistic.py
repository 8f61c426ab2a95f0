"""A logistic model with an L2 penalty on standardised features, as faq.py and lists.py fit it."""

import numpy as np
from scipy.optimize import minimize


def fit(x, y, weight):
    """Weights of the features as they are, and bias.

    x: (examples, features); y: 0 or 1 each; weight: what each example counts. The penalty is the sum of squares of the weights of
    the standardised features; the bias has none.
    """
    mean, spread = x.mean(0), x.std(0) + 1e-6
    z = np.c_[(x - mean) / spread, np.ones(len(x))]

    def loss(w):
        logits = z @ w
        value = (weight * np.logaddexp(0, (1 - 2 * y) * logits)).sum() + w[:-1] @ w[:-1]
        return value, z.T @ (weight * (1 / (1 + np.exp(-logits)) - y)) + 2 * np.append(w[:-1], 0)

    w = minimize(loss, np.zeros(z.shape[1]), jac=True, method="L-BFGS-B").x
    weights = w[:-1] / spread
    return weights, w[-1] - weights @ mean
