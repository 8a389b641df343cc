// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace foreset::delta {

// An ordered map as a value: copying costs O(1) and shares everything; Insert and Erase cost
// O(log n) and leave every copy as it was (an AVL tree whose paths are copied). Items are immutable
// and stay where they are: a reference to one is valid as long as any map that holds it. Maps are
// values like any other: distinct ones may be used by distinct threads at once.
template <typename Key, typename Value>
class PersistentMap {
 public:
  struct Item {
    Key key;
    Value value;
  };

 private:
  struct Node;
  using Link = std::shared_ptr<const Node>;
  struct Node {
    std::shared_ptr<const Item> item;
    Link left;
    Link right;
    std::size_t size;
    int height;
  };

 public:
  // The values in the order of their keys; a view that must not outlive its map.
  class Values {
   public:
    class Iterator {
     public:
      using iterator_category = std::forward_iterator_tag;
      using value_type = Value;
      using difference_type = std::ptrdiff_t;
      using pointer = const Value*;
      using reference = const Value&;

      Iterator() = default;
      explicit Iterator(const Node* root) { Descend(root); }
      reference operator*() const { return path_.back()->item->value; }
      pointer operator->() const { return &**this; }
      Iterator& operator++() {
        const Node* node = path_.back();
        path_.pop_back();
        Descend(node->right.get());
        return *this;
      }
      Iterator operator++(int) {
        Iterator before = *this;
        ++*this;
        return before;
      }
      bool operator==(const Iterator&) const = default;

     private:
      void Descend(const Node* node) {
        for (; node != nullptr; node = node->left.get()) path_.push_back(node);
      }
      std::vector<const Node*> path_;  // nodes whose item and right side are still to come
    };

    explicit Values(const Node* root) : root_(root) {}
    Iterator begin() const { return Iterator(root_); }
    Iterator end() const { return Iterator(); }
    std::size_t size() const { return root_ == nullptr ? 0 : root_->size; }
    bool empty() const { return root_ == nullptr; }
    const Value& front() const { return *begin(); }
    // O(log n).
    const Value& operator[](std::size_t index) const {
      const Node* node = root_;
      for (;;) {
        const std::size_t before = SizeOf(node->left);
        if (index == before) return node->item->value;
        if (index < before) {
          node = node->left.get();
        } else {
          index -= before + 1;
          node = node->right.get();
        }
      }
    }

   private:
    const Node* root_;
  };

  PersistentMap() = default;
  // O(n log n); of several items with one key the last one stays.
  static PersistentMap FromItems(std::vector<Item> items) {
    std::vector<std::size_t> order(items.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
      if (items[a].key < items[b].key) return true;
      return !(items[b].key < items[a].key) && a < b;
    });
    std::vector<std::shared_ptr<const Item>> shared;
    shared.reserve(items.size());
    for (const std::size_t i : order) {
      if (!shared.empty() && shared.back()->key == items[i].key) shared.pop_back();
      shared.push_back(std::make_shared<const Item>(std::move(items[i])));
    }
    PersistentMap map;
    map.root_ = Build(shared);
    return map;
  }

  std::size_t size() const { return SizeOf(root_); }
  bool empty() const { return root_ == nullptr; }
  Values values() const { return Values(root_.get()); }

  const Value* Find(const Key& key) const {
    const Item* item = LowerBound(key);
    return item != nullptr && item->key == key ? &item->value : nullptr;
  }
  // The first item whose key is not below; null when there is none.
  const Item* LowerBound(const Key& key) const {
    const Item* best = nullptr;
    for (const Node* node = root_.get(); node != nullptr;) {
      if (node->item->key < key) {
        node = node->right.get();
      } else {
        best = node->item.get();
        node = node->left.get();
      }
    }
    return best;
  }

  // Adds the item, or replaces the one of that key.
  void Insert(Key key, Value value) {
    root_ = Inserted(root_,
                     std::make_shared<const Item>(Item{std::move(key), std::move(value)}));
  }
  // True when there was one.
  bool Erase(const Key& key) {
    if (Find(key) == nullptr) return false;
    root_ = Erased(root_, key);
    return true;
  }

 private:
  static std::size_t SizeOf(const Link& node) { return node == nullptr ? 0 : node->size; }
  static int HeightOf(const Link& node) { return node == nullptr ? 0 : node->height; }

  static Link Make(std::shared_ptr<const Item> item, Link left, Link right) {
    const std::size_t size = SizeOf(left) + SizeOf(right) + 1;
    const int height = std::max(HeightOf(left), HeightOf(right)) + 1;
    return std::make_shared<const Node>(
        Node{std::move(item), std::move(left), std::move(right), size, height});
  }

  // Make, where one side may be higher by two.
  static Link Balanced(const std::shared_ptr<const Item>& item, Link left, Link right) {
    if (HeightOf(left) > HeightOf(right) + 1) {
      if (HeightOf(left->left) >= HeightOf(left->right)) {
        return Make(left->item, left->left, Make(item, left->right, std::move(right)));
      }
      const Node& middle = *left->right;
      return Make(middle.item, Make(left->item, left->left, middle.left),
                  Make(item, middle.right, std::move(right)));
    }
    if (HeightOf(right) > HeightOf(left) + 1) {
      if (HeightOf(right->right) >= HeightOf(right->left)) {
        return Make(right->item, Make(item, std::move(left), right->left), right->right);
      }
      const Node& middle = *right->left;
      return Make(middle.item, Make(item, std::move(left), middle.left),
                  Make(right->item, middle.right, right->right));
    }
    return Make(item, std::move(left), std::move(right));
  }

  static Link Inserted(const Link& node, std::shared_ptr<const Item> item) {
    if (node == nullptr) return Make(std::move(item), nullptr, nullptr);
    if (item->key < node->item->key) {
      return Balanced(node->item, Inserted(node->left, std::move(item)), node->right);
    }
    if (node->item->key < item->key) {
      return Balanced(node->item, node->left, Inserted(node->right, std::move(item)));
    }
    return Make(std::move(item), node->left, node->right);
  }

  static Link Erased(const Link& node, const Key& key) {
    if (key < node->item->key) return Balanced(node->item, Erased(node->left, key), node->right);
    if (node->item->key < key) return Balanced(node->item, node->left, Erased(node->right, key));
    if (node->left == nullptr) return node->right;
    if (node->right == nullptr) return node->left;
    const Node* next = node->right.get();
    while (next->left != nullptr) next = next->left.get();
    return Balanced(next->item, node->left, Erased(node->right, next->item->key));
  }

  static Link Build(std::span<std::shared_ptr<const Item>> items) {
    if (items.empty()) return nullptr;
    const std::size_t middle = items.size() / 2;
    return Make(std::move(items[middle]), Build(items.first(middle)),
                Build(items.subspan(middle + 1)));
  }

  Link root_;
};

}  // namespace foreset::delta
